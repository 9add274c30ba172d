package mailin

import (
	"regexp"
	"strings"

	"daybreak/mailin/mime"
)

// What programs write in a person's name without a word of it in the header is told by its wording, of which more than one thing must fit:
// people write of receipts and holidays too.
var (
	// receiptSubject is how the subjects of receipts for what was read begin, in the languages in which clients write.
	receiptSubject = regexp.MustCompile(`(?i)^\s*(` + strings.Join([]string{
		`(not )?read`, `(return|read|delivery) receipt( \((displayed|deleted)\))?`, `disposition notification`, `read notification`, `deleted`,
		`(un)?gelesen( gelöscht)?`, `lesebestätigung`, `empfangsbestätigung`, `(non )?lu`, `(accusé|confirmation) de (lecture|réception)`,
		`(no )?leído`, `confirmación de lectura`, `(não )?lid[oa]`, `(recibo|confirmação) de leitura`, `(non )?letto`,
		`(conferma|ricevuta) di (lettura|ritorno)`,
		`(niet )?gelezen`, `leesbevestiging`, `ontvangstbevestiging`, `(ej |oläst )?läst`, `läskvitto`, `(ikke |ulest )?læst`, `(ikke )?lest`,
		`lesekvittering`, `kvittering`,
		`luettu`, `lukukuittaus`, `(nie )?przeczytano`, `potwierdzenie (odczytu|przeczytania)`, `(ne)?přečteno`, `potvrzení o přečtení`, `olvasva`,
		`okundu`,
		`прочитано`, `прочтено`, `уведомление о прочтении`, `開封済み`, `開封(確認|通知)`, `已读`, `已讀`, `已读回执`, `읽음`,
	}, "|") + `)\s*[:：-]`)
	// receiptWords is what such receipts begin with.
	receiptWords = regexp.MustCompile(`(?i)^\W*(` + strings.Join([]string{
		`(your|the) message\b.{0,400}\b(was|has been) (read|opened|displayed|deleted|seen)\b`,
		`this is a (return|read) receipt for the (mail|message|e-?mail)`,
		`this receipt (verifies|shows|confirms)`, `note: this return receipt only`,
		`(ihre|die|deine) (nachricht|e-?mail)\b.{0,400}\b(gelesen|geöffnet|angezeigt|gelöscht)\b`, `dies ist eine (lese|empfangs)bestätigung`,
		`(votre|le|ton) (message|courriel|e-?mail)\b.{0,400}\ba été (lu|ouvert|affiché|supprimé)`, `ceci est un accusé de (lecture|réception)`,
		`(su|el|tu) (mensaje|correo)\b.{0,400}\b(fue|ha sido) (leído|abierto|mostrado|eliminado)\b`, `(este es|esto es) un(a)? (acuse|confirmación) de`,
		`(a )?(sua|tua) mensagem\b.{0,400}\bfoi (lida|aberta|exibida|excluída)\b`,
		`(il )?(suo |tuo |vostro )?messaggio\b.{0,400}è stato (letto|aperto|visualizzato|eliminato)\b`,
		`(uw|je|het) bericht\b.{0,400}\b(is|werd) (gelezen|geopend|weergegeven|verwijderd)\b`,
		`(ditt|din) (meddelande|besked|melding|meddelelse)\b.{0,400}\b(lästes|läst|læst|lest)\b`,
		`viestisi\b.{0,400}\b(luettiin|luettu)\b`, `(twoja |państwa )?wiadomość.{0,400} (została )?(odczytana|przeczytana|wyświetlona)\b`,
		`vaše zpráva.{0,400}přečtena`,
		`ваше (сообщение|письмо).{0,400}(прочитано|прочтено|открыто)`, `(お客様の|あなたの)?メッセージ.{0,400}(開封|表示)され`, `(您的|你的)?邮件.{0,400}(已被?阅读|已读)`,
		`(您的)?郵件.{0,400}(已讀取|已讀)`,
		`(보낸 )?메시지.{0,400}(읽었|읽음|열었)`,
	}, "|") + `)`)

	// A challenge tells that a mail waits, and what to do so that it is let in.
	challengeHeld = regexp.MustCompile(`(?i)` + strings.Join([]string{
		`your (original |recent )?(message|e-?mail|mail)\b.{0,120}\b(is|has been|was|will be) (being |currently )?(held|put on hold|on hold|deferred|quarantined|waiting|queued|blocked|not delivered)\b`,
		`your (message|e-?mail|mail)\b.{0,120}\b(has|is) not (yet )?(been )?delivered`,
		`(only|now) (accept|allow|receive)s? (incoming )?(messages|e-?mails?|mail) (only )?from (known|approved|verified|authorized|senders|people)`,
		`\b(spam ?arrest|tmda|boxbe|mail ?in ?black|sendio|choicemail|spamfire|uol antispam|knujon|vanquish|qurb|bluebottle|0spam|spamblocker)\b`,
		`(to|you) (be sure|make sure|prove|verify) that (you are|this message was sent by) (a )?(human|real|person)`,
		`(challenge|sender)[- ](response|verification|authentication)`,
		`(ihre|deine) (nachricht|e-?mail)\b.{0,120}\b(zurückgehalten|noch nicht zugestellt|wartet|in (der )?quarantäne)`,
		`(votre|ton) (message|courriel|e-?mail)\b.{0,120}\b(en attente|n['’]a pas (encore )?été (remis|délivré|distribué)|mis en quarantaine|retenu|bloqué)`,
		`(su|tu) (mensaje|correo)\b.{0,120}\b(retenido|en espera|en cuarentena|pendiente)`,
		`(sua|seu) (mensagem|e-?mail)\b.{0,120}\b(retid[ao]|aguardando|em quarentena)`,
		`(il )?(suo|tuo) messaggio\b.{0,120}\b(in attesa|trattenuto|in quarantena)`,
		`(uw|je) (bericht|e-?mail)\b.{0,120}\b(vastgehouden|in quarantaine|wacht)`,
	}, "|"))
	challengeAsks = regexp.MustCompile(`(?i)` + strings.Join([]string{
		`(please |just |must |to |can )(confirm|verify|authenticate|validate|approve)\b`, `\bclick (on )?(here|the|this|below)`,
		`(reply|respond) to this (e-?mail|message|mail)`,
		`send an empty (message|e-?mail)`, `\bbestätig(en|e|ung)\b`, `\b(cliquez|cliquer|confirmer|confirmez|authentifier)\b`,
		`\b(confirme|confirmar|haga clic|clique|clicar)\b`,
		`\b(confermare|conferma|clicchi|clicca)\b`, `\b(bevestig|bevestigen|klik)\b`,
	}, "|"))

	// A note thanks for the mail or says what it is, and that its writer is not there.
	noteGreeting = regexp.MustCompile(`(?i)^\W*((hello|hi|hey|dear|good (day|morning|afternoon)|hallo|guten tag|sehr geehrte|liebe|bonjour|madame|cher|hola|buenos|estimad[oa]|olá|bom dia|` +
		`buongiorno|gentile|salve|ciao|beste|geachte|dag|hej|hei|kära|kære|dzień dobry|szanown|dobrý den|vážen|tisztelt|merhaba|sayın|здравствуйте|добрый день|уважаем)[^.!?\n]{0,60}?[,!.:]?\s+)?(` + strings.Join([]string{
		`(many )?(thanks|thank you)( very much| so much)? for (your|the|contacting|reaching|e-?mailing|getting in)\b`, `this is an? (automat|auto[- ])`,
		`i('ve| have) received your (e-?mail|message|mail)`,
		`(vielen |herzlichen |besten )?dank für (ihre|deine|eure|die) (e-?mail|mail|nachricht|anfrage)`, `(dies|das) ist eine automati`,
		`(je vous remercie|merci)( beaucoup)? (de|pour) (votre|ton) (message|mail|e-?mail|courriel)`,
		`(ceci est|il s['’]agit d['’])\s?un(e)? (message|réponse) automatique`, `j['’]ai bien reçu votre (message|mail|courriel)`,
		`(muchas )?gracias por (su|tu|el) (mensaje|correo|e-?mail)`, `(este es|esto es) (un mensaje|una respuesta) automátic`,
		`(muito )?obrigad[oa] (pel[oa]|por) (seu|sua|teu|tua)? ?(mensagem|e-?mail|contacto|contato)`,
		`(esta é|isto é) uma (mensagem|resposta) automática`,
		`(la ringrazio|grazie)( mille)? per (il|la|avermi|averci|la tua|la sua|il suo|il tuo|la vostra)\b`,
		`(questo è|questa è) un(a)? (messaggio|risposta) automatic`,
		`(hartelijk )?(bedankt|dank) voor (uw|je|jouw) (bericht|e-?mail|mail)`, `dit is een automatisch`,
		`tack för (ditt|din) (mail|mejl|meddelande|e-post)`, `(det här|detta) är ett automatiskt`,
		`tak for (din|deres) (mail|e-?mail|besked)`, `takk for (din|e-posten|meldingen)`, `kiitos (viestistäsi|sähköpostistasi|viestistänne)`,
		`dziękuję za (wiadomość|e-?mail|kontakt)`, `děkuji za (váš|vaši|zprávu|e-?mail)`,
		`köszönöm (a )?(levelét|üzenetét|levelet)`, `(спасибо|благодарю)( вас)? за (ваше )?(письмо|сообщение)`, `(メール|ご連絡)(を)?(いただき|頂き|ありがとう)`,
		`(感谢|谢谢|感謝|謝謝)(您|你)?的?(来信|来函|邮件|來信|郵件)`, `(메일|이메일).{0,10}감사`,
	}, "|") + `)`)
	noteAway = regexp.MustCompile(`(?i)` + strings.Join([]string{
		`\b(out of|away from) (the |my )?office\b`, `\bnot (be )?in the office\b`,
		`\b(i am|i'm|i will be|i'll be) (currently |now |presently )?(away|out|on (my |annual |sick |parental |maternity |paternity |family )?(leave|vacation|holidays?)|travell?ing|absent|unavailable)\b`,
		`\b(nicht im (büro|haus|hause)|außer haus|abwesend|im urlaub|nicht erreichbar|in elternzeit)\b`,
		`\b(absente?|en congé|en vacances|hors du bureau|en déplacement)`,
		`\b(fuera de (la )?oficina|de vacaciones|ausente|estaré fuera)\b`, `\b(ausente|de férias|em férias|fora do escritório)\b`,
		`\b(assente|in ferie|fuori (sede|ufficio))\b`,
		`\b(afwezig|niet aanwezig|op vakantie|met (vakantie|verlof)|niet op kantoor)\b`,
		`\b(semester|inte på kontoret|frånvarande|tjänstledig|på ferie|ikke på kontoret|fraværende|bortrest)\b`, `\b(lomalla|poissa|toimistolta)\b`,
		`(urlopi|nieobecn|poza biurem)`, `(dovolen|mimo kancelář|nepřítom)`, `(szabadság|házon kívül)`, `(в отпуске|отсутств|вне офиса)`,
		`(不在|休暇|休み|休假|外出|请假|請假)`, `(부재|휴가)`,
	}, "|"))
)

const (
	leadBytes      = 900 // of a mail's own words tell whether a program wrote it
	noteWithin     = 350 // bytes of a note's beginning say that its writer is not there
	receiptPassage = 600
)

// lead is the beginning of what a mail says, on one line. What it quotes first is not its own.
func lead(m *mime.Message) string {
	var b strings.Builder
	for _, l := range m.Body {
		if b.Len() >= leadBytes || strings.HasPrefix(l.Text, ">") {
			break
		}
		for word := range strings.FieldsSeq(l.Text) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word[:min(len(word), leadBytes)])
		}
	}
	return strings.ToValidUTF8(beginning(b.String(), leadBytes), "")
}

func beginning(s string, most int) string { return s[:min(len(s), most)] }

// written tells by its words what a program wrote in a person's name; "" for nothing.
func written(m *mime.Message) string {
	words := lead(m)
	switch {
	case receiptSubject.MatchString(m.Subject) && receiptWords.MatchString(beginning(words, receiptPassage)):
		return "its words are those of a read receipt"
	case challengeAsks.MatchString(words) && challengeHeld.MatchString(words) && linked(m):
		return "its words ask to confirm a mail, as programs against spam do"
	case thanksAndIsAway(words):
		return "its words are those of an absence note"
	}
	return ""
}

// linked tells whether a mail has a link, or asks for an answer to itself, as a challenge must.
func linked(m *mime.Message) bool {
	for _, l := range m.Body {
		if s := strings.ToLower(l.Text); strings.Contains(s, "http") || strings.Contains(s, "repl") || strings.Contains(s, "empty message") {
			return true
		}
	}
	return false
}

func thanksAndIsAway(words string) bool {
	words = beginning(words, noteWithin)
	return noteGreeting.MatchString(words) && noteAway.MatchString(words)
}
