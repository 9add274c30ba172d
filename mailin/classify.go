package mailin

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/bounce"
	"daybreak/mailin/mime"
)

// ProbeHeader marks the mail that `daybreak check` sends to itself.
const ProbeHeader = "X-Daybreak-Probe"

// mostHops is the number of Received lines from which a mail is taken to be going round in circles.
const mostHops = 25

// signs are looked for in this order: a bounce also looks like an auto-reply, and an auto-reply may come over a list.
var signs = []struct {
	outcome team.Outcome
	seen    func(*mime.Message) string // the reason in words, "" if there is no such sign
}{
	{team.Complaint, complained},
	{team.Bounce, bounced},
	{team.AutoReply, autoReply},
	{team.List, list},
}

// Classify tells mail written by machines from mail written by people. It gives the outcome that a machine's mail has and
// the reason in words, or "" for a person's mail. It looks at the mail alone; own is our address.
func Classify(m *mime.Message, own string) (team.Outcome, string) {
	for _, from := range m.From {
		if from.Addr == own || token.FromAddress(own, from.Addr) != "" {
			if m.Header.Has(ProbeHeader) {
				return team.Probe, "a probe sent by daybreak check"
			}
			return team.Own, "it claims to come from our own address"
		}
	}
	for _, sign := range signs {
		if why := sign.seen(m); why != "" {
			return sign.outcome, why
		}
	}
	return "", ""
}

func complained(m *mime.Message) string {
	if bounce.IsComplaint(m) {
		return "it is an abuse report (RFC 5965)"
	}
	return ""
}

var (
	mailerLocal = regexp.MustCompile(`^(mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|m?daemon|mmdf|bounces?|mailer|` +
		`microsoftexchange[0-9a-f]{32}|` +
		`(mail[-_.]?)?delivery([-_.]?(system|subsystem|failure|report|status))?)([+=._-].*)?$`)
	// daemonLocal is what nobody but a mail server is called. Bulk mail names the others as the sender to whom bounces go.
	daemonLocal = regexp.MustCompile(`^(mailer[-_.]?daemon|post[-_.]?master)$`)
	daemonName  = regexp.MustCompile(`(?i)mailer[- ]?daemon|mail delivery (sub)?system|mail delivery service|mail deliver system|` +
		`internet mail (service|delivery)|courier mail server|content-filter at|mail router|` +
		`^"?(postmaster|system ?administrator|system attendant|systemadministrator|administrador do sistema|administrador del sistema|` +
		`administrateur syst[èe]me|amministratore sistema)"?\s*(<|$)`)
	robotLocal = regexp.MustCompile(`^(no[._-]?reply|do[._-]?not[._-]?reply|donotreply|ne[._-]?pas[._-]?repondre|auto[._-]?(reply|responder)|` +
		`notifications?)([+=._-].*)?$`)

	// bounceSubject is how the subjects of bounces begin, in the languages in which servers write.
	bounceSubject = regexp.MustCompile(`(?i)^\s*\W?(` + strings.Join([]string{
		`undeliver(ed|able)\b`, `notice: mail delivery`, `(e-?)?mail delivery (failed|failure|fail|error|subsystem|system|problem|status|report|has|` +
			`was|notif|delay)`,
		`delivery (status|failure|failed|has (failed|been delayed)|notification|report|problem|error|delay|warning|incomplete|unsuccessful|attempt)`,
		`returned mail\b`, `return(ed|ing)? (message )?to (the )?sender`, `returned (e-?mail|message)`, `returning (message|mail) to`,
		`failure (notice|notification|delivery)`, `failed (mail|message|delivery)\b`,
		`message (delivery|not delivered|undeliverable|could not be|was not|cannot be|has not been|delayed|status|rejected)`, `your (message|` +
			`e-?mail) (could not|was not|has not|cannot|did not|to )`, `non-?deliver(y|able)\b`,
		`(unable|failed) to (deliver|send)`, `could not (deliver|send)`, `(auto(matic)? )?(e-?mail |mail )?bounced?( (e-?mail|mail|` +
			`message))?( notification| notice| report)?$`,
		`(e-?mail|mail) (system error|failure|could not|not delivered|undeliverable|undelivered|rejected|delayed)`, `permanent (delivery )?failure`,
		`warning: (message|could not|mail|e-?mail)`, `ndn:`, `nondelivery`,
		`rejected:`, `problem delivering`, `error (sending|delivering)`, `transport error`,
		`unzustellbar`, `nicht zustellbar`, `zustell`, `(e-?mail|mail|nachricht) (konnte )?nicht`, `übermittlungsfehler`, `fehler bei der`, `rücksendung`,
		`non remis`, `échec (de|d'envoi|définitif)`, `message non (distribué|délivré|remis)`, `avis de non[- ]`, `notification d.échec`, `non distribuable`,
		`no se puede entregar`, `no entregado`, `error (de|en la) entrega`, `mensaje (no|devuelto)`, `correo (no|devuelto)`, `fallo (de|` +
			`en la) entrega`, `notificación de (estado|error)`, `devuelto`,
		`não entregue`, `não é possível entregar`, `falha na entrega`, `mensagem (não|devolvida)`, `e-?mail não`, `notificação de (status|falha)`,
		`retorno de mensagem`, `erro (na|de) entrega`,
		`non recapitabile`, `mancat[ao] (recapito|consegna)`, `recapito non`, `messaggio non`, `consegna (fallita|non)`, `errore di (recapito|` +
			`consegna)`, `notifica di mancat`,
		`onbestelbaar`, `niet (bezorgd|afgeleverd|te bezorgen)`, `bezorging mislukt`, `olever(erbar|bart)`, `går (inte|ej) att leverera`, `(kan|` +
			`kunne) ikke leveres`, `ikke (leveret|levert)`, `meddelelsen kunne`, `leveringsfejl`,
		`toimittamaton`, `ei voi(da|tu)? toimittaa`, `niedostarcz`, `nie (można|udało|dostarcz)`, `zwrot`, `nedoruč`, `kézbesít`, `teslim edil`,
		`iletilemedi`,
		`недоставл`, `не ?(удается|удалось|доставлен|возможно доставить)`, `(сообщение|письмо) не`, `ошибка доставки`, `недостав`, `возврат`,
		`配信(不能|でき|エラー|に失敗|失敗)`, `メール(配信|が|の)?(送信|配信)?(エラー|でき|失敗|不能)`, `送信(でき|エラー|失敗)`, `エラーメール`, `未(配信|送信|达|送達|送达)`, `配達`,
		`系统退信`, `系統退信`, `退信`, `无法(送达|投递)`, `無法(傳遞|投遞|送達)`, `(投递|邮件发送|傳送|發送)失[败敗]`, `(배달|전달|전송|발송).{0,6}(못|없|실패|되지)`, `반송`,
	}, "|") + `)`)
	// The subject alone counts only in the form that machines give it: nothing else, or a colon behind it.
	autoSubject = regexp.MustCompile(`(?i)^\s*((re|aw|sv|r):\s*)?[\[(]?(` + strings.Join([]string{
		`auto(matic|matische|mated|matisk|matiskt)?[- ]?(reply|response|antwort|svar)`, `auto[- ]?re(ply|sponse|sponder)?`,
		`automatische? (antwoord|beantwoording)`,
		`out[- ]of[- ](the )?office( ?(auto ?-?)?(reply|response|notice|notification|message))?( (re|aw|fwd?|sv):.*)?`, `away from (the |my )?office`,
		`(vacation|holiday|absence) (message|notice|note|(auto)?[- ]?reply|response|responder)`,
		`abwesenheits(notiz|nachricht|meldung|info|agent)`, `automatische (abwesenheitsnachricht|e-?mail-?antwort)`, `abwesend`,
		`r[ée]ponse automatique`, `absence du bureau`, `(message|notification|avis) d['’]absence`, `absent(e)? du bureau`, `en dehors du bureau`,
		`respuesta autom[áa]tica`, `(mensaje|aviso) de ausencia`, `fuera de (la )?oficina`,
		`risposta automatica`, `(messaggio|avviso) di assenza`, `fuori (sede|ufficio)`, `resposta autom[áa]tica`, `fora do escrit[óo]rio`,
		`(mensagem|aviso) de aus[êe]ncia`,
		`afwezig(heidsbericht|heidsassistent|heid)?`, `automaattinen vastaus`, `poissaoloviesti`, `poissa`, `frånvaro(meddelande)?`,
		`fravær(sbesked|smelding)?`, `autosvar`,
		`(automatyczna |auto)odpowied[źz]`, `odpowied[źz] automatyczna`, `automatick[áa] odpov[ěe][dď]`, `automatikus v[áa]lasz`, `otomatik yan[ıi]t`,
		`автоответ(чик)?`,
		`автоматический ответ`, `автоматична відповідь`, `автоматичен отговор`, `răspuns automat`, `samodejni odgovor`, `automatski odgovor`,
		`automātiskā atbilde`, `automatinis atsakymas`, `automaatvastus`,
		`αυτόματη απάντηση`, `תשובה אוטומטית`, `رد تلقائي`, `ตอบกลับอัตโนมัติ`, `การตอบกลับอัตโนมัติ`, `trả lời tự động`, `tự động trả lời`,
		`自動(返信|応答|答复|回覆|回复)`, `不在通知`, `自动(回复|答复)`, `자동 ?(응답|회신)`,
	}, "|") + `)([\])].*|\s*([:：].*)?)$`)
)

// bounced looks for a report that a mail of ours could not be delivered or is late.
func bounced(m *mime.Message) string {
	if m.Report != nil && m.Report.Type == "delivery-status" {
		return "it is a delivery report (RFC 3464)"
	}
	if m.Header.Has("X-Failed-Recipients") {
		return "it has an X-Failed-Recipients line"
	}
	for _, from := range m.From {
		if local, _, _ := strings.Cut(from.Addr, "@"); mailerLocal.MatchString(local) {
			return fmt.Sprintf("it comes from a mail server (%s)", local)
		}
	}
	for _, from := range m.Sender {
		if local, _, _ := strings.Cut(from.Addr, "@"); daemonLocal.MatchString(local) {
			return fmt.Sprintf("it comes from a mail server (%s)", local)
		}
	}
	from := m.Header.First("From")
	if len(m.From) == 0 && daemonName.MatchString(from) {
		return fmt.Sprintf("it comes from a mail server (%s)", strings.TrimSpace(from))
	}
	named := bounceSubject.MatchString(m.Subject)
	if named && (nullSender(m) || sender(m) == "") {
		return "it has no sender and the subject of a delivery report"
	}
	machine := nullSender(m) && !autoSubject.MatchString(m.Subject) || daemonName.MatchString(from) || robot(m) != ""
	if (named || machine) && bounce.Tells(m) {
		return "its words are those of a delivery report"
	}
	return ""
}

// robot gives the local part of the sender's address if nobody reads what is sent there, else "".
func robot(m *mime.Message) string {
	for _, from := range m.From {
		if local, _, _ := strings.Cut(from.Addr, "@"); robotLocal.MatchString(local) {
			return local
		}
	}
	return ""
}

// nullSender tells whether the envelope of the mail named no sender, to whom it could be answered.
func nullSender(m *mime.Message) bool {
	switch strings.ToLower(strings.Trim(m.Header.First("Return-Path"), " <>")) {
	case "":
		return m.Header.Has("Return-Path")
	case "mailer-daemon":
		return true
	}
	return false
}

// responderLines stand in the head of what programs answer for somebody, machineLines in that of whatever they send.
var (
	responderLines = []string{
		"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation", "X-Auto-Reply-From", "X-Mail-Autoreply", "X-AutoReply-From", "Delivered-Autoreply",
	}
	machineLines = []string{"X-Autogenerated", "X-FC-MachineGenerated", "X-MS-Exchange-Inbox-Rules-Loop", "X-POST-MessageClass"}
)

// firstLine gives the first of the names that the mail has a line of, "" for none.
func firstLine(m *mime.Message, names []string) string {
	for _, name := range names {
		if m.Header.Has(name) {
			return name
		}
	}
	return ""
}

// autoSubmitted is the keyword of the Auto-Submitted line (RFC 3834 §5), which parameters and comments may follow: Dovecot writes
// "auto-replied (vacation)".
func autoSubmitted(m *mime.Message) string {
	words := strings.FieldsFunc(lower(m.Header.First("Auto-Submitted")), func(c rune) bool { return strings.ContainsRune(" \t;(", c) })
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// answersForSomebody tells whether an automatic mail is an answer that a program gave in its sender's stead. Not all automatic mail is, and
// people's own mail may carry what other machines' does.
func answersForSomebody(m *mime.Message) bool {
	precedence := lower(m.Header.First("Precedence"))
	return m.Report == nil && (autoSubmitted(m) == "auto-replied" || precedence == "auto_reply" || precedence == "auto-reply" ||
		firstLine(m, responderLines) != "" || autoSubject.MatchString(m.Subject) || thanksAndIsAway(lead(m)))
}

// autoReply looks for the signs of RFC 3834 and for those that programs used before it and still do.
func autoReply(m *mime.Message) string {
	if m.Report != nil && m.Report.Type == "disposition-notification" {
		return "it is a read receipt (RFC 8098)"
	}
	if by := mark(m); by != "" {
		return fmt.Sprintf("it is written by a daybreak (%s)", by)
	}
	if v := autoSubmitted(m); v != "" && v != "no" {
		return fmt.Sprintf("it says Auto-Submitted: %s", v)
	}
	switch v := lower(m.Header.First("Precedence")); v {
	case "auto_reply", "auto-reply", "bulk", "junk":
		return fmt.Sprintf("it says Precedence: %s", v)
	}
	if name := cmp.Or(firstLine(m, responderLines), firstLine(m, machineLines)); name != "" {
		return fmt.Sprintf("it has an %s line", name)
	}
	if v := lower(m.Header.First("X-Auto-Response-Suppress")); v != "" && v != "none" {
		return "it asks for no automatic answers (X-Auto-Response-Suppress), as automatic mail does"
	}
	if nullSender(m) {
		return "it has the null sender, as automatic mail does"
	}
	if local := robot(m); local != "" {
		return fmt.Sprintf("it comes from an address that nobody reads (%s)", local)
	}
	if autoSubject.MatchString(m.Subject) {
		return "its subject is that of an automatic answer"
	}
	if why := written(m); why != "" {
		return why
	}
	if len(m.Header.All("Received")) > mostHops {
		return fmt.Sprintf("it has gone through more than %d servers: it is going round in circles", mostHops)
	}
	return ""
}

// mark is the address of the daybreak that wrote the mail, "" if none did.
func mark(m *mime.Message) string { return team.CleanAddress(m.Header.First(team.MarkHeader)) }

func list(m *mime.Message) string {
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe", "Mailing-List"} {
		if m.Header.Has(name) {
			return fmt.Sprintf("it comes from a mailing list (%s)", name)
		}
	}
	if lower(m.Header.First("Precedence")) == "list" {
		return "it comes from a mailing list (Precedence: list)"
	}
	return ""
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
