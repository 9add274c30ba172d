package bounce

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"daybreak/mailin/mime"
)

// text is the words of a report, apart from the mail that it returns.
type text struct {
	lines   []line
	end     int // the line with which the returned mail begins; len(lines) if it does not stand in the text
	subject string
	ours    []string // the addresses to which the report was sent, or which sent it: hardly those that failed
	ids     []string // Message-IDs, which look like addresses
}

type line struct {
	text     string
	mentions []mention
}

func readText(m *mime.Message) *text {
	t := &text{subject: m.Subject}
	left := maxMentions
	put := func(s string) {
		if len(t.lines) >= maxLines {
			return
		}
		l := line{text: shortened(s)}
		if left > 0 && strings.IndexByte(l.text, '@') >= 0 {
			l.mentions = mentions(l.text)
			left -= len(l.mentions)
		}
		t.lines = append(t.lines, l)
	}
	if m.Format != "report" { // then they are but the fields, which are read by themselves
		for i := range m.Body {
			put(m.Body[i].Text)
		}
	}
	for i := range m.Parts { // such as details.txt
		p := &m.Parts[i]
		if p.Message == nil && strings.HasPrefix(p.Type, "text/") && p.Type != "text/html" && p.Type != "text/calendar" &&
			!strings.Contains(m.Plain, p.Text) {
			put("")
			for l := range strings.Lines(p.Text) {
				put(strings.TrimRight(l, "\r\n"))
			}
		}
	}
	t.end = t.returned()
	t.put(m.To, m.Cc, m.From, m.Sender)
	for i := range m.Parts {
		if within := m.Parts[i].Message; within != nil {
			t.put(within.From, within.Sender)
		}
	}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "Return-Path"} {
		for _, value := range m.Header.All(name) {
			for _, a := range mentions(value) {
				t.ours = append(t.ours, a.addr)
			}
		}
	}
	t.ids = append(t.ids, strings.ToLower(m.MessageID))
	for _, list := range [][]string{m.InReplyTo, m.References} {
		for _, id := range list {
			t.ids = append(t.ids, strings.ToLower(id))
		}
	}
	if m.Report != nil {
		t.ids = append(t.ids, strings.ToLower(m.Report.MessageID))
	}
	return t
}

// shortened cuts a line that is longer than what is looked at.
func shortened(line string) string {
	if len(line) > maxLine {
		line = strings.ToValidUTF8(line[:maxLine], "")
	}
	return line
}

// put notes whom mail is from or whom the report is to.
func (t *text) put(lists ...[]mime.Address) {
	for _, list := range lists {
		for _, a := range list {
			t.ours = append(t.ours, a.Addr)
		}
	}
}

var (
	// returnedExact is a line, without its frame, above a returned mail; returnedStart is how such a line begins.
	returnedExact = regexp.MustCompile(`^(your |the )?(original|returned|unsent|undelivered|bounced|rejected) (e-?mail|message|mail|` +
		`text)( (headers?|text|body))?( (is )?(follows?|below|attached))?$|` +
		`^(message|mail) (headers?|text|body|contents?)( follows?)?$|^headers? follows?$|` +
		`^(mensaje original|mensagem original|message d.origine|message original|messaggio originale|originalnachricht|ursprüngliche nachricht|` +
		`oorspronkelijk bericht)( adjunto)?$|` +
		`^(オリジナルメール|元のメッセージ|原始邮件|原始郵件)`)
	returnedStart = regexp.MustCompile(`^(below this line is a copy|this is a copy of (the|your)|included is a copy|below is a copy|` +
		`a copy of (the|your) (original )?message|here is (a|your) copy|` +
		`the headers? of the original message|the (original|returned) (e-?mail|message|mail) (follows|is (attached|below|included))|` +
		`original message headers|unsent message (follows|below)|original message follows|` +
		`returned message follows|the first [0-9]+ (bytes|lines) of|message headers? follows?|the body of the message is|` +
		`copia del mensaje|copia do mensaje|cópia da mensagem|kopie der nachricht|die kopfzeilen|es folgt)`)
	field = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,40}:(\s|$)`)
)

// returned finds where a mail that stands in the text begins: under a line that says so, or with its header.
func (t *text) returned() int {
	for i := range t.lines {
		s := t.lines[i].text
		if len(s) > 0 && len(s) < 160 {
			bare := strings.ToLower(strings.Trim(s, " \t-=*_#>|~:.+"))
			if bare != "" && (returnedExact.MatchString(bare) || returnedStart.MatchString(bare)) {
				return i
			}
		}
		if field.MatchString(s) && (i == 0 || !field.MatchString(t.lines[i-1].text)) && t.header(i) {
			return i
		}
	}
	return len(t.lines)
}

// header tells whether the fields that begin with a line are those of a returned mail.
func (t *text) header(i int) bool {
	seen := map[string]bool{}
	for ; i < len(t.lines) && len(seen) < 30; i++ {
		s := t.lines[i].text
		if field.MatchString(s) {
			name, _, _ := strings.Cut(s, ":")
			seen[strings.ToLower(name)] = true
			continue
		}
		if s == "" || s[0] != ' ' && s[0] != '\t' {
			break
		}
	}
	if seen["final-recipient"] || seen["original-recipient"] || seen["action"] || seen["diagnostic-code"] || seen["reporting-mta"] {
		return false
	}
	for _, l := range t.lines[i:min(i+openingLines/2, len(t.lines))] { // some reports begin with a few fields of the mail
		if openings.MatchString(l.text) {
			return false
		}
	}
	surely := seen["received"] || seen["return-path"] || seen["mime-version"] || seen["message-id"] || seen["dkim-signature"]
	return surely && len(seen) > 1 || seen["from"] && seen["to"] && seen["subject"]
}

// The ways in which a text names an address, the surest first.
const (
	listed    = iota // alone in its line, or before a colon
	leading          // at the beginning of its line, or behind a label that says recipient
	spoken           // in a reply of SMTP, or behind a word such as "to"
	elsewhere        // in any other way
	unlikely         // as that of a sender or of an office, or it is one of ours
	never
)

var (
	rcptTo         = regexp.MustCompile(`(?i)rcpt to\s*[:=]?\s*<?$`)
	recipientLabel = regexp.MustCompile(`(?i)(recipients?|recipient(\(s\)| address| name| e-?mail)?|addressed to|e-?mail address|mail address|` +
		`failed address|address|final-recipient|original-recipient|x-failed-recipients|` +
		`delivered to|undeliverable to|message to|mail to|unknown user|invalid user|no such user|generated by|` +
		`empfänger|empfaenger|an|destinataires?|destinatarios?|destinatári[oa]s?|destinatari|ontvangers?|geadresseerde|mottagare|modtager|mottaker|` +
		`vastaanottaja|odbiorc[ay]|příjemce|címzett|alıcı|получател[ья]|` +
		`адресат|宛先|あて先|送信先|受信者|收件人|收件者|받는 사람)\s*(\([^)]*\))?\s*[:=：]?\s*(rfc822;|smtp:|mailto:)?\s*[<"'(«„“‘\[]*$`)
	codeBefore = regexp.MustCompile(`\b[45][0-9][0-9]([ -]#?[45]\.[0-9]\.[0-9]{1,3})?\s*[<("']*$`)
	wordBefore = regexp.MustCompile(`(?i)(^|[\s(])(to|for|by user|user|recipient|recipients|mailbox|account|address|of|an|für|bei|à|pour|a|para|` +
		`al|per|aan|naar|voor|till|til|för|do|dla|pro|для|на|адрес)\s*:?\s*[<"'(«„“‘\[]*$`)
	colonBefore = regexp.MustCompile(`[:：]\s*[<"'(]*$`)
	senderLabel = regexp.MustCompile(`(?i)(from|sender|mail from|return-path|reply-to|von|absender|de|expéditeur|remitente|remetente|da|mittente|` +
		`afzender|contact|message-id|\bid|by|administrator|postmaster)\s*[:=：]\s*` +
		`(rfc822;|smtp:|mailto:)?\s*[<"'(\[]*$|(?i)\b(from|contact|write to|mail to|send (e-?mail|mail) to|via|x-sender)\s+[<"'(]*$|(?i)message-id\W*$`)
	frameBehind  = regexp.MustCompile(`^[>"')»“”’\]]*\s*([<(\[]+(mailto:|smtp:)?[^>)\]]*[>)\]]+)?[\s.;,|*]*$`)
	colonBehind  = regexp.MustCompile(`^[>"')»”’\]]*\s*(\([^)]*\)|<[^>]*>)?\s*[:：]`)
	spaceBehind  = regexp.MustCompile(`^[>"')»”’\]]*(\s|\.\.\.|,|;|\(|\[|<|#|$)`)
	nameBefore   = regexp.MustCompile(`^[\s*•·-]*"?[^:<>@]{1,60}"?\s*<$`)
	between      = regexp.MustCompile(`^[>"')\]]*\s*([,;、]|and|und|et|y|e)\s*[<"'(\[]*$`)
	generated    = regexp.MustCompile(`(?i)\(?(generated|expanded|forwarded) from\s*[<"']*$`)
	sentenceStop = regexp.MustCompile(`(?i)^\s*(to|from|cc|subject|date|sent|received|by|with|id)\b`)
)

// way tells how a line names an address.
func (t *text) way(l *line, m *mention) int {
	before, behind := l.text[:m.from], l.text[m.to:]
	framed := frame(before)
	if len(before) > nearby {
		before = before[len(before)-nearby:]
	}
	if len(behind) > nearby {
		behind = behind[:nearby]
	}
	way := elsewhere
	switch {
	case slices.Contains(t.ids, m.addr):
		return never
	case framed && colonBehind.MatchString(behind):
		return listed
	case rcptTo.MatchString(before):
		return leading
	case framed && frameBehind.MatchString(behind):
		way = listed
	case senderLabel.MatchString(before) || generated.MatchString(before):
		return unlikely
	case framed && spaceBehind.MatchString(behind):
		way = leading
	case recipientLabel.MatchString(before), codeBefore.MatchString(before):
		way = leading
	case wordBefore.MatchString(before), colonBefore.MatchString(before) && frameBehind.MatchString(behind):
		way = spoken
	case m.bracket && nameBefore.MatchString(before) && frameBehind.MatchString(behind):
		way = spoken
	}
	if isOffice(m.addr) || slices.Contains(t.ours, m.addr) {
		return unlikely
	}
	return way
}

// frame tells whether what stands before an address in its line is but an indent, a bullet, a number or brackets.
func frame(before string) bool {
	const marks = " \t>*•·|#_–—-<\"'(«„“‘[\u00a0"
	before = strings.TrimLeft(before, marks)
	if len(before) > len("100) smtp:<") {
		return false
	}
	if number := strings.TrimLeft(before, "0123456789"); number != before && number != "" && (number[0] == '.' || number[0] == ')') {
		before = strings.TrimLeft(number[1:], marks)
	}
	before = strings.ToLower(strings.TrimRight(before, marks))
	return before == "" || before == "mailto:" || before == "smtp:" || before == "rfc822;"
}

// candidate is an address that a text names, and how and where it does at its best.
type candidate struct {
	addr     string
	way      int
	line     int
	original string
}

// candidates lists the addresses that lines name, in order.
func (t *text) candidates(from, to int) []candidate {
	var list []candidate
	at := map[string]int{}
	for i := from; i < to; i++ {
		l := &t.lines[i]
		before := elsewhere
		for j := range l.mentions {
			m := &l.mentions[j]
			if generated.MatchString(l.text[:m.from]) && len(list) > 0 {
				list[len(list)-1].original = m.addr
				continue
			}
			way := t.way(l, m)
			if j > 0 && between.MatchString(l.text[l.mentions[j-1].to:m.from]) { // one of a row
				way = before
			}
			before = way
			if k, ok := at[m.addr]; ok {
				if way < list[k].way {
					list[k].way, list[k].line = way, i
				}
				continue
			}
			at[m.addr] = len(list)
			list = append(list, candidate{addr: m.addr, way: way, line: i})
		}
	}
	return list
}

// anchored finds the failed recipients in a text by how it names them.
func (t *text) anchored() []Failure {
	if list := t.best(t.candidates(0, t.end)); len(list) > 0 {
		return list
	}
	if t.end < len(t.lines) { // some tell what happened under the mail
		list := t.candidates(t.end, len(t.lines))
		kept := list[:0]
		for _, c := range list {
			if c.way <= leading && t.outsideHeader(c.line) {
				kept = append(kept, c)
			}
		}
		return t.best(kept)
	}
	return nil
}

// outsideHeader tells whether a line is not a field of a returned mail.
func (t *text) outsideHeader(i int) bool {
	s := t.lines[i].text
	return !field.MatchString(s) && !strings.HasPrefix(s, "\t") && !sentenceStop.MatchString(s)
}

// best picks those that are named in the surest way that there is.
func (t *text) best(list []candidate) []Failure {
	surest := spoken
	for _, c := range list {
		surest = min(surest, c.way)
	}
	var failures []Failure
	for _, c := range list {
		if c.way == surest {
			f := Failure{Recipient: c.addr}
			if c.original != "" && c.original != c.addr {
				f.Original = c.original
			}
			failures = add(failures, f)
		}
	}
	return failures
}

// anyone is the last resort: any address in the text that is not known to be another's.
func (t *text) anyone() []Failure {
	list := t.candidates(0, t.end)
	for way := elsewhere; way <= unlikely; way++ {
		for _, c := range list {
			if c.way == way {
				return []Failure{{Recipient: c.addr}}
			}
		}
	}
	return nil
}

// returnedTo takes the recipient of the returned mail for the one that failed, if it had but one, or if the text speaks of its domain.
func (t *text) returnedTo(m *mime.Message) []Failure {
	var to []string
	for i := range m.Parts {
		if within := m.Parts[i].Message; within != nil && len(to) == 0 {
			for _, a := range within.To {
				to = append(to, a.Addr)
			}
		}
	}
	for i := t.end; i < len(t.lines) && len(to) == 0; i++ {
		if name, _, ok := strings.Cut(t.lines[i].text, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "to") {
			for ; i < len(t.lines); i++ {
				for _, a := range t.lines[i].mentions {
					to = append(to, a.addr)
				}
				if i+1 >= len(t.lines) || !strings.HasPrefix(t.lines[i+1].text, " ") && !strings.HasPrefix(t.lines[i+1].text, "\t") {
					break
				}
			}
		}
	}
	var failures []Failure
	for _, addr := range to {
		_, domain, _ := strings.Cut(addr, "@")
		if addr != "" && (len(to) == 1 || t.speaksOf(domain)) {
			failures = add(failures, Failure{Recipient: addr})
		}
	}
	return failures
}

func (t *text) speaksOf(word string) bool {
	for i := range t.lines[:t.end] {
		if strings.Contains(strings.ToLower(t.lines[i].text), word) {
			return true
		}
	}
	return false
}

// complete fills in what the text tells of a failure beyond its fields: the status, the words, and whether it is for good.
func (t *text) complete(f *Failure, alone bool) {
	if f.Status != "" && f.Why != "" {
		return
	}
	words, all := t.about(f.Recipient), ""
	if alone {
		all = t.all()
	}
	if f.Why == "" {
		f.Why = oneLine(cmp.Or(words, all))
	}
	if f.Status != "" {
		return
	}
	f.Status = cmp.Or(enhanced(words), enhanced(all))
	f.late = f.late || says(strings.ToLower(t.subject), late) || says(strings.ToLower(t.opening()), late)
	lasts, known := permanent(f.Status, words)
	if !known {
		lasts, known = permanent("", f.Why)
	}
	if !known {
		lasts, known = permanent("", all)
	}
	f.Permanent = (lasts || !known) && !f.late
}

// opening is the first lines of the text.
func (t *text) opening() string { return t.join(0, min(t.end, 15)) }

func (t *text) all() string { return t.join(0, t.end) }

func (t *text) join(from, to int) string {
	var b strings.Builder
	for i := from; i < to && b.Len() < maxWords; i++ {
		b.WriteString(strings.TrimSpace(t.lines[i].text))
		b.WriteByte('\n')
	}
	return b.String()
}

// about is the words on one recipient: the lines that name them, and what follows those up to the next address in front of a line or to the end
// of the paragraph.
func (t *text) about(addr string) string {
	var b strings.Builder
	for i := 0; i < t.end && b.Len() < maxWords; i++ {
		if !t.names(i, addr) {
			continue
		}
		b.WriteString(strings.TrimSpace(t.lines[i].text))
		b.WriteByte('\n')
		for i++; i < t.end && strings.TrimSpace(t.lines[i].text) != "" && !t.namesOther(i, addr); i++ {
			b.WriteString(strings.TrimSpace(t.lines[i].text))
			b.WriteByte('\n')
		}
		i--
	}
	return b.String()
}

func (t *text) names(i int, addr string) bool {
	return slices.ContainsFunc(t.lines[i].mentions, func(m mention) bool { return m.addr == addr })
}

func (t *text) namesOther(i int, addr string) bool {
	return !t.names(i, addr) && slices.ContainsFunc(t.lines[i].mentions, func(m mention) bool {
		return frame(t.lines[i].text[:m.from]) || codeBefore.MatchString(t.lines[i].text[:m.from])
	})
}
