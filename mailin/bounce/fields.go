package bounce

import (
	"strings"

	"daybreak/mailin/mime"
)

// recipientFields name the recipient of a group of RFC 3464, the one first that failed.
var recipientFields = []string{"final-recipient", "original-recipient", "x-actual-recipient", "x-original-recipient", "failed-recipient", "recipient"}

// fields reads the fields of RFC 3464, from the part made for them or, where a server or a gateway made it text, from the text. told says
// that there were any, though it may be of mail that was delivered.
func (t *text) fields(m *mime.Message) (failures []Failure, told bool) {
	var groups []map[string]string
	if m.Report != nil {
		groups = m.Report.Fields
	}
	failures, told = fromGroups(groups)
	if !told {
		failures, told = fromGroups(t.groups())
	}
	if len(failures) != 1 || isAddress(failures[0].Recipient) {
		return failures, told
	}
	// A mailbox's path, or a name at the server itself: others may have the address.
	f := failures[0]
	list := t.named(m)
	switch {
	case len(list) > 0 && isAddress(list[0].Recipient):
		for i := range list {
			list[i].Status, list[i].Permanent, list[i].Why, list[i].late = f.Status, f.Permanent, f.Why, f.late
		}
		return list, true
	case f.Recipient == "":
		return nil, told
	}
	return failures, told
}

// fromGroups reads groups of fields. The first one is about the mail, each of the others about a recipient; servers that mix them up are
// understood too.
func fromGroups(groups []map[string]string) (failures []Failure, told bool) {
	for _, g := range groups {
		var f Failure
		for _, name := range recipientFields {
			switch addr := typed(g[name]); {
			case addr == "":
			case f.Recipient == "" || !isAddress(f.Recipient) && isAddress(addr):
				f.Recipient = addr
			case f.Original == "" && isAddress(addr) && addr != f.Recipient && strings.HasPrefix(name, "original"):
				f.Original = addr
			}
		}
		action, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(g["action"])), " ")
		f.Status = statusField(g["status"])
		if f.Recipient == "" && (action == "" || f.Status == "") {
			continue
		}
		told = true
		switch strings.Trim(action, `;,."()`) {
		case "delivered", "relayed", "expanded":
			continue
		case "":
			if strings.HasPrefix(f.Status, "2") {
				continue
			}
		}
		f.Why = diagnostic(g)
		if f.Status == "" {
			f.Status = enhanced(f.Why)
		}
		f.late = strings.HasPrefix(action, "delay")
		lasts, known := permanent(f.Status, f.Why)
		f.Permanent = (lasts || !known) && !f.late
		failures = add(failures, f)
	}
	if len(failures) > 1 { // a group without a recipient has nothing to add to those that name one
		kept := failures[:0]
		for _, f := range failures {
			if f.Recipient != "" {
				kept = append(kept, f)
			}
		}
		failures = kept
	}
	return failures, told
}

// diagnostic is the words of a group, without their type: "smtp; 550 no such user".
func diagnostic(g map[string]string) string {
	for _, name := range []string{"diagnostic-code", "x-diagnostic-code", "x-display-diagnostic", "x-notes", "reason", "status"} {
		value := strings.TrimSpace(g[name])
		if kind, rest, ok := strings.Cut(value, ";"); ok && len(kind) < 20 && !strings.ContainsAny(kind, " \t") {
			value = rest
		}
		if value = oneLine(value); value != "" && (name != "status" || strings.Contains(value, " ")) {
			return value
		}
	}
	return ""
}

// groups reads fields from the lines of a text. A text may have but one group where there should be more, so that each recipient begins one.
func (t *text) groups() []map[string]string {
	var groups []map[string]string
	var group map[string]string
	last := ""
	for i := range t.lines {
		line := &t.lines[i]
		name, value, ok := strings.Cut(line.text, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if group != nil && last != "" && !ok && strings.TrimSpace(line.text) != "" && strings.TrimLeft(line.text, " \t") != line.text {
			group[last] += " " + strings.TrimSpace(line.text)
			continue
		}
		last = ""
		switch name {
		case "final-recipient", "original-recipient", "action", "status", "diagnostic-code", "x-actual-recipient", "remote-mta":
		default:
			continue
		}
		if _, again := group[name]; group == nil || again {
			if group != nil && name != "final-recipient" && name != "original-recipient" && name != "action" {
				continue
			}
			group = map[string]string{}
			groups = append(groups, group)
		}
		group[name], last = strings.TrimSpace(value), name
		if len(groups) > maxFailures {
			break
		}
	}
	kept := groups[:0]
	for _, g := range groups { // "Status: 550" alone says nothing of fields
		if g["final-recipient"] != "" || g["original-recipient"] != "" {
			kept = append(kept, g)
		}
	}
	return kept
}
