package mime

import "strings"

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
	a.Inline = strings.HasPrefix(h.kind, "image/") && h.disposition != "attachment" && (h.disposition == "inline" || h.id != "")
	m.Attachments = append(m.Attachments, a)
}

// encryption says what keeps a part from being read.
func encryption(h *partHead) string {
	switch h.kind {
	case "application/pgp-encrypted":
		return DefectEncrypted
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		switch h.params["smime-type"] {
		case "signed-data", "certs-only", "compressed-data":
			return "signed in an S/MIME envelope that is not opened"
		}
		return DefectEncrypted
	}
	return ""
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
	name, count := "", 0
	for at := 0; at < len(text) && count < MaxFields; {
		var line string
		line, at = cutLine(text, at)
		if strings.TrimSpace(line) == "" {
			end()
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if v := group[name]; v != "" && len(v) < 10_000 {
				group[name] = v + " " + cleanLine(strings.TrimSpace(line))
			}
			continue
		}
		f, ok := splitField(line)
		if !ok {
			name = ""
			continue
		}
		name = lower(f.name)
		_, again := group[name]
		if again && (name == "final-recipient" || name == "original-recipient") {
			end()
		} else if again {
			name = ""
			continue
		}
		if group == nil {
			group = map[string]string{}
		}
		group[name] = decodeWords(f.value, "")
		count++
	}
	end()
	return groups
}
