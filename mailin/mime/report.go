package mime

import (
	"bytes"
	"net/url"
	"strings"
)

// attach lists a leaf as an attachment if it is one: not what belongs to a report, not the alternative forms that programs
// read.
func (m *mail) attach(l *leaf) {
	h := &l.head
	a := Attachment{Name: h.name, Type: h.kind}
	switch {
	case h.disposition == "reaction":
		return
	case l.within != nil:
		if l.report {
			return
		}
	case strings.HasPrefix(h.kind, "message/") && (l.report || h.name == ""), h.kind == "text/rfc822-headers":
		return
	case h.name == "" && h.disposition != "attachment" && (l.choice && h.text() || h.kind == "application/pgp-encrypted"):
		return
	case h.multipart() && h.name == "":
		return
	}
	t, _ := transferOf(h.transfer)
	if l.within != nil {
		t = identity
	}
	a.Size = unpackedSize(t, l.body)
	m.Attachments = append(m.Attachments, a)
	l.listed = len(m.Attachments)
}

// markInline tells the images that the HTML shows from those that were attached. What a mail program put beside the
// HTML for it to show is one even if the HTML is lost, and so are the numbered pictures of Outlook's signatures where a
// mailing list has made the mail plain. A photo that was dropped into a text is none: it has no number by which it is shown.
func (m *mail) markInline() {
	var shown map[string]bool
	for i := range m.leaves {
		l := &m.leaves[i]
		h := &l.head
		if l.listed == 0 || !strings.HasPrefix(h.kind, "image/") && !pictureName(h.name) {
			continue
		}
		a := &m.Attachments[l.listed-1]
		id := strings.Trim(h.id, "<> \t")
		if id != "" && m.HTML != "" {
			if shown == nil {
				shown = shownIDs(m.HTML)
			}
			a.Inline = shown[id]
		}
		if !a.Inline && h.disposition != "attachment" {
			a.Inline = l.related && id != "" || outlookPicture(h.name) && a.Size < 32<<10
		}
	}
}

// shownIDs gathers the Content-IDs that a page refers to.
func shownIDs(page string) map[string]bool {
	ids := map[string]bool{}
	for len(ids) < 10*MaxParts {
		i := strings.Index(page, "cid:")
		if i < 0 {
			break
		}
		page = page[i+len("cid:"):]
		end := strings.IndexAny(page[:min(len(page), 256)], "\"'>) \t\n")
		if end < 0 {
			continue
		}
		id := page[:end]
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		ids[strings.ReplaceAll(id, "&amp;", "&")] = true
	}
	return ids
}

// pictureName says whether a file is a picture by its name, whatever its type says.
func pictureName(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	switch strings.ToLower(name[dot+1:]) {
	case "png", "jpg", "jpeg", "gif", "bmp", "webp", "svg", "tif", "tiff", "heic":
		return true
	}
	return false
}

// outlookPicture says whether a name is one that Outlook makes up for the pictures in a text: image001.png.
func outlookPicture(name string) bool {
	return len(name) > 9 && strings.HasPrefix(name, "image") && digit(name[5]) && digit(name[6]) && digit(name[7]) && name[8] == '.' && pictureName(name)
}

// beginning unpacks up to limit bytes of a leaf.
func (l *leaf) beginning(limit int) []byte {
	t, _ := transferOf(l.head.transfer)
	b, _ := unpack(t, l.body, limit)
	return b
}

// calendarOf says what a calendar part is, whatever its type, its encoding and its letters.
func (l *leaf) calendarOf(p *Part) {
	h := &l.head
	p.Calendar = h.kind == "text/calendar" || h.kind == "application/ics" || strings.HasSuffix(lower(h.name), ".ics")
	if !p.Calendar {
		return
	}
	p.Method = strings.ToUpper(strings.TrimSpace(h.params["method"]))
	if p.Method != "" {
		return
	}
	b := l.beginning(64 << 10)
	for len(b) > 0 {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte("\n"))
		if len(line) > 7 && len(line) < 100 && equalFold(string(line[:7]), "METHOD:") {
			p.Method = strings.ToUpper(textOf(string(bytes.TrimSpace(line[7:])), ""))
			return
		}
	}
}

// encryption says what keeps a part from being read.
func (l *leaf) encryption() string {
	h := &l.head
	switch h.kind {
	case "application/pgp-encrypted":
		return DefectEncrypted
	case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7":
	case "application/octet-stream":
		switch name := lower(h.name); {
		case strings.HasSuffix(name, ".p7m"):
		case strings.HasSuffix(name, ".asc"), strings.HasSuffix(name, ".pgp"), strings.HasSuffix(name, ".gpg"):
			if b := l.beginning(256); bytes.HasPrefix(bytes.TrimSpace(b), []byte(pgpMessage)) {
				return DefectEncrypted
			}
			return ""
		default:
			return ""
		}
	default:
		return ""
	}
	kind := lower(h.params["smime-type"])
	if kind == "" { // the type of what is within stands at its beginning, as an object identifier of PKCS #7
		b := l.beginning(64)
		if i := bytes.Index(b, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07")); i >= 0 && i+8 < len(b) && b[i+8] == 2 {
			kind = "signed-data"
		}
	}
	switch kind {
	case "signed-data", "compressed-data":
		return DefectSigned
	case "certs-only":
		return ""
	}
	return DefectEncrypted
}

// report gathers what the parts of a delivery status notification, a receipt, or an abuse report say.
func (r *reading) report(m *mail) {
	var rep Report
	status := ""
	for i := range m.leaves {
		l, p := &m.leaves[i], &m.Parts[i]
		switch p.Type {
		case "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
			"message/disposition-notification", "message/global-disposition-notification":
			if rep.Type == "" {
				rep.Type = strings.TrimPrefix(strings.TrimPrefix(p.Type, "message/"), "global-")
			}
			rep.Fields = append(rep.Fields, fieldGroups(encodedFields(p.Text))...)
			status += p.Text
		case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "text/rfc822":
			within := &mail{}
			within.Format = "none"
			s := &scanner{raw: []byte(p.Text), tally: r.tally}
			s.skipLeading()
			within.readHeader(s.scanHeader(maxPartHeader), l.head.params["charset"], r.tally)
			p.Message = &within.Message
		}
		if l.report && p.Message != nil && rep.MessageID == "" {
			rep.MessageID = p.Message.MessageID
		}
	}
	if rep.Type == "" {
		if rep.Type = m.kind; rep.Type == "" {
			return
		}
	}
	for _, group := range rep.Fields {
		if rep.MessageID == "" {
			rep.MessageID = parseID(group["original-message-id"])
		}
	}
	m.Report = &rep
	if m.Format == "none" && hasWords(status) {
		m.Body, m.Format = PlainLines(status), "report"
	}
}

// encodedFields undoes a base64 encoding that begins within the fields, as some gateways leave it: a
// Content-Transfer-Encoding among the fields, an empty line, and the rest in base64.
func encodedFields(text string) string {
	head, rest, ok := strings.Cut(text, "\n\n")
	if !ok || !strings.Contains(strings.ToLower(head), "content-transfer-encoding: base64") || strings.IndexByte(rest, ':') >= 0 {
		return text
	}
	out, note := fromBase64([]byte(rest), MaxText)
	if note != "" {
		return text
	}
	more, _ := toUTF8(out, "")
	return head + "\n\n" + cleanText(more)
}

// maxReportField is how many bytes of a report's field are read beyond its first line.
const maxReportField = 10_000

// fieldGroups reads the groups of fields of RFC 3464, parted by empty lines. Where these are missing, a second
// recipient begins a group.
func fieldGroups(text string) []map[string]string {
	var groups []map[string]string
	var group map[string]string
	end := func() {
		if group != nil {
			groups = append(groups, group)
		}
		group = nil
	}
	count := 0
	for at := 0; at < len(text) && count < MaxFields; {
		var line string
		line, at = cutLine(text, at)
		if strings.TrimSpace(line) == "" {
			end()
			continue
		}
		// Continuations are joined at once, so that a field of many lines takes linear time.
		first, last := at, at
		for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
			more, next := cutLine(text, at)
			if strings.TrimSpace(more) == "" {
				break
			}
			if at = next; at-first < maxReportField {
				last = at
			}
		}
		f, ok := splitField(line)
		if !ok {
			continue
		}
		name := lower(f.name)
		_, again := group[name]
		if again && (name == "final-recipient" || name == "original-recipient") {
			end()
		} else if again {
			continue
		}
		if group == nil {
			group = map[string]string{}
		}
		group[name] = decodeWords(unfold(f.value, text[first:last]), "")
		count++
	}
	end()
	return groups
}
