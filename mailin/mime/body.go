package mime

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// reading decodes the leaves of a mail and of the mails in it, with what is left of the text that may be kept.
type reading struct {
	*tally
	left  int
	files int // bytes of winmail.dat that may still be unpacked
	rtf   int // and of the compressed text in them
}

// segment is one piece of a body: a text, or the forms of one text in a multipart/alternative.
type segment struct {
	plain []plainText
	html  []string
}

// plainText is a decoded text/plain part.
type plainText struct {
	text          string
	flowed, delSp bool
}

// finish decodes the body of a mail first, then its other text, then the mails within it.
func (r *reading) finish(m *mail) {
	m.Parts = make([]Part, len(m.leaves))
	segments := make([]segment, m.segments)
	any := false
	sealed := false
	var winmails []winmail
	for i := range m.leaves {
		l := &m.leaves[i]
		p := &m.Parts[i]
		*p = Part{Type: l.head.kind, Params: l.head.params, Disposition: l.head.disposition, Name: l.head.name}
		if l.isBody(any) {
			r.decode(l, p)
			if l.head.kind == "text/plain" {
				var files []Attachment
				p.Text, files = withoutFiles(p.Text)
				m.Attachments = append(m.Attachments, files...)
			}
			any = segments[l.segment].add(l, p.Text) || any
			continue
		}
		l.other = true
		if w, ok := r.winmail(l); ok {
			files := w.attachments()
			m.Attachments = append(m.Attachments, files[:min(len(files), max(0, MaxParts-len(m.Attachments)))]...)
			w.listed = len(files) > 0
			winmails = append(winmails, w)
			continue
		}
		m.attach(l)
		l.calendarOf(p)
		switch d := l.encryption(); {
		case d == DefectEncrypted && l.head.kind == "application/octet-stream":
			sealed = true // the mail itself, or a file that was sent with it
		case d != "":
			m.Encrypted = m.Encrypted || d == DefectEncrypted
			r.defect(d)
		}
	}
	for i := range winmails {
		w := &winmails[i]
		if !any {
			var s segment
			if s, any = r.winmailBody(&w.tnef); any {
				segments, w.listed = append(segments, s), true
			}
		}
		if !w.listed {
			m.attach(w.leaf)
		}
	}
	if sealed && !any {
		m.Encrypted = true
		r.defect(DefectEncrypted)
	}
	r.body(m, segments)
	m.markInline()
	for i := range m.leaves {
		l := &m.leaves[i]
		switch {
		case !l.other:
		case l.within != nil:
			r.finish(l.within)
			m.Parts[i].Message = &l.within.Message
			m.Parts[i].Text = Text(l.within.Body)
		case l.head.text() || strings.HasPrefix(l.head.kind, "message/") || m.Parts[i].Calendar:
			r.decode(l, &m.Parts[i])
		}
	}
	r.report(m)
	m.react()
	m.leaves = nil // they hold the raw bytes
}

// isBody says whether a leaf is a piece of the body. A text with a file name is one only if there is no other before it,
// or if it is a form of the same text.
func (l *leaf) isBody(any bool) bool {
	if l.within != nil || !l.head.text() {
		return false
	}
	switch l.head.kind {
	case "text/plain", "text/html":
	case gmailReaction:
		return false
	case "text/enriched", "text/richtext", "text/markdown", "text/x-markdown":
		if l.choice && any {
			return false
		}
	default:
		return l.alone && l.head.name == "" && l.head.disposition != "attachment" && l.head.kind != "text/calendar"
	}
	switch {
	case l.head.disposition == "attachment":
		return l.alone && l.head.name == ""
	case l.head.disposition == "reaction":
		return false
	case l.head.name == "":
		return true
	}
	return l.choice || !any
}

// add puts a decoded leaf to its segment. Forms of a text that say the same count once. It says whether there are words.
func (s *segment) add(l *leaf, text string) bool {
	switch l.head.kind {
	case "text/html":
		for _, h := range s.html {
			if h == text {
				return true
			}
		}
		s.html = append(s.html, text)
		return hasWords(text)
	case "text/enriched", "text/richtext":
		text = enrichedTag.ReplaceAllString(text, "")
	}
	for _, p := range s.plain {
		if l.choice && strings.TrimSpace(p.text) == strings.TrimSpace(text) {
			return true
		}
	}
	p := plainText{text: text}
	if format, ok := l.head.params["format"]; ok {
		p.flowed, p.delSp = equalFold(format, "flowed"), equalFold(l.head.params["delsp"], "yes")
	}
	s.plain = append(s.plain, p)
	return hasWords(text)
}

var enrichedTag = regexp.MustCompile(`(?i)<param>[^<]*</param>|</?[a-z][a-z0-9-]{0,60}>`)

// body puts the segments together.
func (r *reading) body(m *mail, segments []segment) {
	var plains, htmls []string
	fromPlain, fromHTML := false, false
	for i := range segments {
		s := &segments[i]
		var lines []Line
		words := false
		for _, p := range s.plain {
			var more []Line
			if p.flowed {
				more = unflow(p.text, p.delSp)
				p.text = Text(more)
			} else {
				more = PlainLines(p.text)
			}
			plains = append(plains, p.text)
			lines = appendLines(lines, more)
			words = words || hasWords(p.text)
		}
		htmls = append(htmls, s.html...)
		switch {
		case words:
			fromPlain = true
		case len(s.html) > 0:
			lines = lines[:0]
			for _, h := range s.html {
				lines = appendLines(lines, HTMLLines(h))
			}
			fromHTML = fromHTML || len(lines) > 0
		}
		m.Body = appendLines(m.Body, lines)
	}
	m.Plain, m.HTML = joinTexts(plains), joinTexts(htmls)
	if len(m.Body) >= MaxLines {
		r.defect(defectLines)
	}
	switch {
	case fromHTML:
		m.Format = "html"
	case fromPlain:
		m.Format = "plain"
	default:
		m.Body, m.Format = nil, "none"
	}
	for i := range m.Body {
		if l := &m.Body[i]; l.Quote == 0 && strings.HasPrefix(l.Text, pgpMessage) {
			m.Encrypted = true
			r.defect(DefectEncrypted)
			break
		}
	}
}

const pgpMessage = "-----BEGIN PGP MESSAGE-----"

// appendLines adds a piece of a body after an empty line.
func appendLines(lines, more []Line) []Line {
	if len(lines) == 0 {
		return more
	}
	if len(more) == 0 {
		return lines
	}
	if lines[len(lines)-1].Text != "" {
		lines = append(lines, Line{})
	}
	lines = append(lines, more...)
	return lines[:min(len(lines), MaxLines)]
}

// joinTexts puts texts one after the other, each on a line of its own.
func joinTexts(texts []string) string {
	switch len(texts) {
	case 0:
		return ""
	case 1:
		return texts[0]
	}
	var b strings.Builder
	for i, t := range texts {
		if i > 0 && b.Len() > 0 && !strings.HasSuffix(texts[i-1], "\n") {
			b.WriteByte('\n')
		}
		b.WriteString(t)
	}
	return b.String()
}

// decode makes the text of a leaf, within what is left of the limit.
func (r *reading) decode(l *leaf, p *Part) {
	t, known := transferOf(l.head.transfer)
	if !known {
		r.defect("unknown transfer encoding")
	}
	limit := r.left + 4
	if l.head.kind == "text/html" && r.left > 0 {
		limit = max(limit, 8*MaxText)
	}
	b, note := unpack(t, l.body, limit)
	r.defect(note)
	if limit > r.left+4 && len(b) > 64<<10 {
		b = withoutData(b)
	}
	if len(b) > r.left {
		r.defect(defectText)
		b = b[:r.left]
		for i := 1; i < utf8.UTFMax && i <= len(b); i++ { // no half characters
			if c := b[len(b)-i]; utf8.RuneStart(c) {
				if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
					b = b[:len(b)-i]
				}
				break
			}
		}
	}
	charset := l.head.params["charset"]
	page := l.head.kind == "text/html"
	if charset == "" && page {
		charset, page = metaCharset(b), false
	}
	text, note := toUTF8(b, charset)
	if note != "" && page { // what a page says of itself may be right
		if own := metaCharset(b); own != "" {
			if again, doubt := toUTF8(b, own); doubt == "" {
				text = again
			}
		}
	}
	r.defect(note)
	p.Text = r.keep(cleanText(text))
}

// keep returns as much of a text as may be kept.
func (r *reading) keep(text string) string {
	if len(text) > r.left {
		r.defect(defectText)
		cut := r.left
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	r.left = max(0, r.left-len(text)-1) // texts are put together with a line end between them
	return text
}

// winmail is a winmail.dat that was read. It is listed as an attachment only if nothing that is in it is.
type winmail struct {
	tnef
	leaf   *leaf
	listed bool
}

// winmail unpacks a winmail.dat, as far as that may be done.
func (r *reading) winmail(l *leaf) (w winmail, ok bool) {
	if !l.head.winmail() {
		return w, false
	}
	encoding, _ := transferOf(l.head.transfer)
	b, note := unpack(encoding, l.body, r.files)
	if !likeTNEF(b) {
		return w, false
	}
	r.defect(note)
	r.files -= min(r.files, len(b))
	t, note := readTNEF(b)
	r.defect(note)
	return winmail{tnef: t, leaf: l}, true
}

// winmailBody is the body in a winmail.dat, for mails that have no other. It says whether there are words in it.
func (r *reading) winmailBody(t *tnef) (segment, bool) {
	text, html, spent, note := t.words(r.rtf)
	r.rtf -= min(r.rtf, spent)
	r.defect(note)
	if text = r.keep(text); !hasWords(text) {
		return segment{}, false
	}
	if html {
		return segment{html: []string{text}}, true
	}
	return segment{plain: []plainText{{text: text}}}, true
}

// withoutData leaves out the images that a large page carries within itself, lest they use up the room for its words.
func withoutData(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for {
		i := bytes.Index(b, []byte(";base64,"))
		if i < 0 {
			return append(out, b...)
		}
		i += len(";base64,")
		out = append(out, b[:i]...)
		b = b[i:]
		for len(b) > 0 && (base64Value[b[0]] < 64 || b[0] == '=' || b[0] == '%') {
			b = b[1:]
		}
	}
}

// metaCharset finds the charset that a page declares of itself.
func metaCharset(b []byte) string {
	head := strings.ToLower(string(b[:min(len(b), 1024)]))
	_, after, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, "\"' ")
	if end := strings.IndexAny(after, "\"' ;/>"); end > 0 {
		return after[:end]
	}
	return ""
}

// cleanText brings line ends to LF and leaves out control characters.
func cleanText(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0xc2 && s[i+1] < 0xa0 || c == 0xef && s[i+1] == 0xbb && s[i+2] == 0xbf {
			return cleanFrom(s, i)
		}
	}
	return s
}

func cleanFrom(s string, i int) string {
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		end := i
		for end < len(s) && (s[end] >= ' ' && s[end] < 0x7f || s[end] == '\n' || s[end] == '\t' || s[end] > 0xc2 && s[end] != 0xef) {
			end++
		}
		b = append(b, s[i:end]...)
		if i = end; i == len(s) {
			break
		}
		switch c := s[i]; {
		case c == '\r':
			for i+1 < len(s) && s[i+1] == '\r' {
				i++
			}
			if i+1 >= len(s) || s[i+1] != '\n' {
				b = append(b, '\n')
			}
		case c < ' ' && c != '\n' && c != '\t' || c == 0x7f:
		case c == 0xc2 && s[i+1] < 0xa0: // C1
			if s[i+1] == 0x85 {
				b = append(b, '\n')
			}
			i++
		case c == 0xef && s[i+1] == 0xbb && s[i+2] == 0xbf: // a byte order mark
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// hasWords says whether there is anything to see in a text.
func hasWords(s string) bool {
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\u00a0', '\u200b', '\u200c', '\u200d', '\u2060', '\u3000', '\ufffc', '\ufeff', '\u00ad', '\u034f':
		default:
			return true
		}
	}
	return false
}
