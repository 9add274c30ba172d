package reply

import (
	"strings"
	"unicode"

	"daybreak/mailin/mime"
)

// meant tells whether the person indented the lines themselves: a bare blockquote without the head of a mail.
func (r *reader) meant(from, to int) bool {
	button := true
	for i := from; i < to; i++ {
		l := &r.lines[i]
		if l.clean != "" && (!bare(l.From) || l.ours) {
			return false
		}
		button = button && (l.clean == "" || l.From == mime.FromIndent)
	}
	above := from - 1
	for above >= 0 && r.lines[above].clean == "" {
		above--
	}
	if above >= 0 && (r.lines[above].why == whyLead || r.lines[above].why == whyHeaders) {
		return false
	}
	for i, n := r.next(from), 0; i < to && n < 4; i, n = r.next(i+1), n+1 {
		if kind, _ := r.leadAt(i); kind != noLead {
			return false
		}
	}
	if button {
		return true // Gmail puts a head above what it quotes
	}
	// A lead further down says where the quoted mail begins; none at all says that this is it.
	for i, n := r.next(to), 0; i < len(r.lines) && n < 40; i, n = r.next(i+1), n+1 {
		if l := &r.lines[i]; l.Quote == 0 || !bare(l.From) && l.From != mime.FromMarks {
			if kind, _ := r.leadAt(i); kind != noLead && kind != likelyLead {
				return true
			}
		}
	}
	return r.mirror != nil && r.covered >= run
}

// announced tells whether the person put the marks there: below a line of theirs that announces what follows, or a
// command at a prompt, in a mail that has no other quotes and no line of a client's.
func (r *reader) announced() bool {
	if r.onPurpose == 0 {
		r.onPurpose = -1
		for i := 0; i < len(r.lines); i++ {
			l := &r.lines[i]
			first := l.Quote > 0 && (i == 0 || r.lines[i-1].Quote == 0)
			switch kind, _ := r.leadAt(i); {
			case l.clean == "":
			case kind != noLead, l.ours, l.Quote > 0 && l.From != mime.FromMarks && !bare(l.From), first && !r.announces(i):
				return false
			}
		}
		r.onPurpose = 1
	}
	return r.onPurpose > 0
}

// announces tells whether the line above i is the person's and announces something.
func (r *reader) announces(i int) bool {
	if r.lines[i].Quote == 3 || r.goesOn(i) { // a session with Python
		return true
	}
	for i--; i >= 0 && r.lines[i].clean == ""; i-- {
	}
	if i < 0 || r.lines[i].Quote > 0 || r.lines[i].why != kept {
		return false
	}
	s := r.lines[i].clean
	const ofClient = wroteSign | yearSign | dateSign | timeSign | addressSign
	return strings.HasPrefix(s, "$ ") || r.sight(i).has(colonEnd) && r.sight(i).signs&ofClient == 0 && r.sight(i).words >= 2 && !capitalised(strings.TrimRight(s, ":： "))
}

// goesOn tells whether the line is a sentence that goes on with a ">": "if a\n> b, then".
func (r *reader) goesOn(i int) bool {
	if i == 0 || !r.own(i-1) || i+1 < len(r.lines) && r.lines[i+1].Quote > 0 {
		return false
	}
	first := firstRune(r.lines[i].clean)
	above := r.lines[i-1].clean
	if r.sight(i-1).words < 5 || ends(above) || strings.ContainsAny(above[len(above)-1:], ".:,;") {
		return false
	}
	return unicode.IsDigit(first) || strings.ContainsRune("=,;)", first) || unicode.IsLower(first) && i+1 < len(r.lines) && r.own(i+1)
}

// requote gives the lines their marks back, as words of the person's.
func (r *reader) requote(from, to int) {
	for i := from; i < to; i++ {
		if l := &r.lines[i]; l.Quote > 0 && l.From == mime.FromMarks {
			l.Text = strings.TrimRight(strings.Repeat(">", l.Quote)+" "+l.Text, " ")
			l.Quote, l.From, l.clean, l.looked = 0, "", clean(l.Text), false
		}
	}
}
