package reply

import (
	"fmt"
	"strconv"
	"strings"

	"daybreak/mailin/mime"
)

// line is one line of the body with what has been found out about it.
type line struct {
	mime.Line
	clean    string // as looked at: without invisible characters and white space around it
	beside   int32  // where in Text the person's words beside ours begin, 0 for nowhere
	seen     sight
	question int16  // of ours that ends here, -1 for none
	planned  int16  // the number of the thing planned, as we listed it, that ends here; 0 for none
	item     int16  // with ofItem: the number of the mark of the item of which its last words are, 0 for none
	why      reason // why it is left out; kept if it is kept
	looked   bool
	ours     bool // every word stands in the text that we sent, in order
	mixed    bool // many do
	asked    bool // it is, or is part of, one of our questions
	ofItem   bool // some of its words are ours, and item is known
	inserted bool // it stands where nothing of ours is missing: between two lines of it, or below all
}

// rest gives the person's words beside ours.
func (l *line) rest() string {
	if l.beside == 0 {
		return ""
	}
	return l.Text[l.beside:]
}

// keepRest keeps the person's words that begin at from, but for what stands between a question and its answer.
func (l *line) keepRest(from int) {
	if rest := strings.TrimLeft(l.Text[from:], "?？!.:：;)]*_ \u00a0-–—=>→…"); rest != "" {
		l.beside = int32(len(l.Text) - len(rest))
	}
}

// reason says why a line is left out.
type reason uint8

// The reasons that are given.
const (
	kept reason = iota
	whyOurs
	whyLead
	whyHeaders
	whyMarked
	whyBelow
	whySignature
	whyPhone
	whyClosing
	whyLegal
	whyScanner
	whyBanner
	whyList
	whyRule
	whyOrder
	whyPrivate
)

// String gives the reason in words.
func (w reason) String() string {
	return [...]string{
		kept:         "kept",
		whyOurs:      "the text that we sent",
		whyLead:      "a line above a quote",
		whyHeaders:   "the header lines of a quoted mail",
		whyMarked:    "quoted",
		whyBelow:     "below the lines that introduce a quoted mail",
		whySignature: "signature",
		whyPhone:     "footer of a phone or program",
		whyClosing:   "closing",
		whyLegal:     "legal notice",
		whyScanner:   "note of a scanner or mail program",
		whyBanner:    "banner of a mail gateway",
		whyList:      "footer of a mailing list",
		whyRule:      "ornament",
		whyOrder:     "an order to us",
		whyPrivate:   "for one person alone",
	}[w]
}

// reader holds one body while it is read.
type reader struct {
	*scratch
	explains bool    // steps are noted
	mirror   *mirror // nil if nothing that we sent is known
	covered  int     // words of our text found in the body
	// The first line that may begin a header block: those before were seen to begin none.
	noHeaders int
	wholly    bool // half of our text or more was found without marks of quotation
	onPurpose int  // 1: every mark of quotation is the person's own, -1: not so, 0: not known
	fresh     bool // the mail says that it answers none
	plain     bool // the lines are those of a plain form beside an HTML form
	subject   string
	names     []string // words of the sender's name and address, lower-case
	steps     []string
	unsure    float64 // taken off the confidence
	headed    bool    // headings or marks say what some of it is
	unstuck   bool    // what is in the way is answered with nothing
}

// mostSteps is how many steps are recorded of one reading.
const mostSteps = 200

func (r *reader) step(format string, a ...any) {
	if r.explains && len(r.steps) < mostSteps {
		r.steps = append(r.steps, fmt.Sprintf(format, a...))
	}
}

// span is the lines from one up to another.
type span struct{ from, to int }

// String names the lines.
func (s span) String() string {
	if s.to == s.from+1 {
		return "line " + strconv.Itoa(s.to)
	}
	return "lines " + strconv.Itoa(s.from+1) + "–" + strconv.Itoa(s.to)
}

// next gives the first line from i that is not blank.
func (r *reader) next(i int) int {
	for i < len(r.lines) && r.lines[i].clean == "" {
		i++
	}
	return i
}

func (r *reader) sight(i int) sight {
	l := &r.lines[i]
	if !l.looked {
		l.seen, l.looked = look(l.clean), true
	}
	return l.seen
}

func (r *reader) leaveOut(from, to int, why reason) {
	for i := from; i < to; i++ {
		if r.lines[i].why == kept {
			r.lines[i].why = why
		}
	}
}

// separate parts the person's own lines from what was quoted.
func (r *reader) separate() {
	own, quoting := false, false // own words seen above; below the head of a quote without marks
	lastOurs := -1
	for i := range r.lines {
		if r.lines[i].ours {
			lastOurs = i
		}
	}
	for i := 0; i < len(r.lines); {
		l := &r.lines[i]
		switch {
		case l.clean == "":
			i++
			continue
		case l.Quote > 0:
			end := r.quoteEnd(i)
			if r.meant(i, end) {
				r.step("%s: kept: indented without any sign that they were quoted from a mail", span{i, end})
				r.unsure += 0.1
				own = true
			} else if r.announces(i) && r.announced() {
				r.step("%s: kept: quoted on purpose, as the line above says", span{i, end})
				r.requote(i, end)
				r.unsure += 0.1
				own = true
			} else if r.markedQuote(i, end, lastOurs) {
				own = true
			}
			i = end
			continue
		case l.ours && (l.asked || r.wholly || quoting):
			l.why = whyOurs
			own = own || l.beside > 0
			i++
			continue
		}
		kind, end := r.leadAt(i)
		if kind == attribution {
			r.dateAbove(i)
		}
		if kind == noLead {
			if quoting && l.mixed && i < lastOurs || isRule(l.clean) && r.besideQuote(i) {
				l.why = whyOurs
				if isRule(l.clean) {
					l.why = whyRule
				}
			} else {
				own = true
			}
			i++
			continue
		}
		below := r.next(end)
		for below < len(r.lines) && isRule(r.lines[below].clean) {
			below = r.next(below + 1)
		}
		if below < len(r.lines) && strings.HasPrefix(r.lines[below].clean, "|") {
			r.bars(below)
		}
		marked := below < len(r.lines) && r.lines[below].Quote > 0 && (kind != likelyLead || !bare(r.lines[below].From) || r.sight(end-1).signs&addressSign != 0)
		if kind == likelyLead && marked && r.lines[below].From != mime.FromMarks {
			switch own, _ := r.leadAt(below); {
			case own > likelyLead:
				marked = false // the quote has a head of its own
			case r.lines[below].From == mime.FromOutlook, r.lines[below].From == mime.FromYahoo, r.lines[below].From == mime.FromProton:
				marked = false // as these have, in whatever language
			}
		}
		aligned := below < len(r.lines) && (r.lines[below].ours || kind != likelyLead && r.oursSoon(below))
		why := whyHeaders
		if kind == attribution || kind == likelyLead {
			why = whyLead
		}
		switch {
		case marked || aligned:
			r.step("%s: left out: they introduce the quote below", span{i, end})
			r.leaveOut(i, end, why)
			quoting = aligned && !marked
			i = end
		case kind == likelyLead && own && r.belowPhone(i): // "Anna wrote:" below "Sent from my phone": nobody writes there
			r.leaveOut(i, end, why)
			r.leaveOut(end, len(r.lines), whyBelow)
			r.unsure += 0.1
			return
		case kind == likelyLead, kind == attribution && r.covered >= run && lastOurs > end:
			r.step("%s: kept: like the line above a quote, but none follows", span{i, end})
			own = true
			i++ // a better one may begin on the next line
		case below >= len(r.lines):
			r.leaveOut(i, end, why)
			i = end
		case !own && kind == attribution && r.covered == 0 && !r.addressed(i, end):
			r.step("%s: kept: nothing is above, no quote is below, and no address tells that a client wrote it", span{i, end})
			r.unsure += 0.3
			own = true
			i = end
		case !own && (kind != headerBlock || !isAnswer(r.subject)):
			r.step("%s: left out; what is below is kept, since nothing is above", span{i, end})
			r.leaveOut(i, end, why)
			if kind != forward {
				r.unsure += 0.3
			}
			i = end
		default:
			r.step("%s: a quoted mail begins here: left out to the end", span{i, end})
			r.leaveOut(i, end, why)
			r.below(end)
			if kind == attribution {
				r.unsure += 0.05
			}
			return
		}
	}
}

// addressed tells whether there is a mail address in the lines.
func (r *reader) addressed(from, to int) bool {
	for i := from; i < to; i++ {
		if r.sight(i).has(addressSign) {
			return true
		}
	}
	return false
}

// dateAbove leaves out a date in a paragraph of its own above an attribution that has none: a client tore them apart.
func (r *reader) dateAbove(i int) {
	above := i - 2
	if above < 0 || r.lines[i-1].clean != "" || !r.own(above) || above > 0 && r.lines[above-1].clean != "" || r.sight(i).hasDate() {
		return
	}
	if s := r.sight(above); s.hasDate() && s.has(introSign) && s.words <= 10 && s.before <= 4 && !ends(r.lines[above].clean) {
		r.leaveOut(above, i, whyLead)
	}
}

// isAnswer tells whether the subject says that the mail answers another.
func isAnswer(subject string) bool {
	mark, _, found := strings.Cut(subject, ":")
	if !found {
		mark, _, found = strings.Cut(subject, "：")
	}
	switch strings.ToLower(strings.TrimSpace(mark)) {
	case "re", "aw", "sv", "antw", "vs", "res", "odp", "ynt", "回复", "回覆", "答复", "ref", "rif", "re[2]":
		return found
	}
	return false
}

// quoteEnd gives the end of the marked quote that begins at i: over blank lines, as long as marks follow.
func (r *reader) quoteEnd(i int) int {
	end := i + 1
	for j := i + 1; j < len(r.lines); j++ {
		if r.lines[j].Quote > 0 {
			end = j + 1
		} else if r.lines[j].clean != "" {
			break
		}
	}
	return end
}

// bare tells whether what made a line a quotation is what people also indent their own lines with.
func bare(from string) bool { return from == mime.FromBlockquote || from == mime.FromIndent }

// markedQuote leaves a marked quote out, but for words typed into it. It tells whether there were any.
func (r *reader) markedQuote(from, to, lastOurs int) bool {
	own, asked := false, false
	for i := from; i < to; i++ {
		l := &r.lines[i]
		switch {
		case l.clean == "":
		case l.ours:
			l.why = whyOurs
			own = own || l.beside > 0
			asked = l.asked
		case (asked || l.inserted) && l.From != mime.FromMarks && !l.mixed && !isRule(l.clean) && r.covered >= run && r.sight(i).has(letterSign):
			own = true // typed inside the quote, below a question or between two lines of ours
			l.Text = strings.TrimLeft(l.Text, " \t\u00a0")
			r.step("line %d: kept: typed into the quote", i+1)
		case l.Quote == r.lines[from].Quote && r.commented(l.clean):
			own = true
			r.step("line %d: kept: typed into the quote, behind the sender's name", i+1)
		default:
			l.why = whyMarked
			asked = false
		}
	}
	return own
}

// below leaves out a quote without marks, to the end, but for words typed into it behind the sender's name.
func (r *reader) below(from int) {
	for i := from; i < len(r.lines); i++ {
		if r.commented(r.lines[i].clean) {
			r.step("line %d: kept: typed into the quote, behind the sender's name", i+1)
			continue
		}
		if len(r.names) > 0 && r.headerBlockAt(i, false) > i {
			r.leaveOut(i, len(r.lines), whyBelow) // an older mail
			return
		}
		r.leaveOut(i, i+1, whyBelow)
	}
}

// commented tells whether the line begins with the sender's name in brackets, as Outlook marks what is typed into a quote.
func (r *reader) commented(s string) bool {
	if len(r.names) == 0 || len(s) < 4 || s[0] != '[' {
		return false
	}
	end := strings.IndexByte(s[:min(len(s), 80)], ']')
	return end > 2 && r.allSender(s[1:end])
}

// oursSoon tells whether the text that we sent begins within the next lines.
func (r *reader) oursSoon(i int) bool {
	if r.covered < run {
		return false
	}
	for n := 0; n < 8 && i < len(r.lines) && r.lines[i].Quote == 0; i, n = r.next(i+1), n+1 {
		if r.lines[i].ours {
			return true
		}
	}
	return false
}

// belowPhone tells whether the line above is the footer of a phone.
func (r *reader) belowPhone(i int) bool {
	for i--; i >= 0; i-- {
		if r.lines[i].clean != "" {
			return isPhone(r.lines[i].clean, r.sight(i))
		}
	}
	return false
}

// besideQuote tells whether a drawn line stands next to something left out.
func (r *reader) besideQuote(i int) bool {
	j := r.next(i + 1)
	return j == len(r.lines) || r.lines[j].Quote > 0 || i > 0 && r.lines[i-1].why != kept
}

// bars marks lines from i that are quoted as "| …", as some clients do below an attribution.
func (r *reader) bars(i int) {
	for ; i < len(r.lines); i++ {
		l := &r.lines[i]
		if l.Quote > 0 || l.clean != "" && l.clean[0] != '|' {
			return
		}
		if l.clean != "" {
			l.Quote, l.From = 1, mime.FromMarks
		}
	}
}

// initials marks lines that an old client quoted as "AB> …": two or more with the same short word.
func initials(lines []line) {
	for i := 0; i < len(lines); {
		mark := initialsOf(lines[i].clean)
		j := i + 1
		for mark != "" && j < len(lines) && lines[j].Quote == 0 && initialsOf(lines[j].clean) == mark {
			j++
		}
		if mark != "" && lines[i].Quote == 0 && j-i >= 2 {
			for k := i; k < j; k++ {
				lines[k].Quote, lines[k].From = 1, mime.FromMarks
				lines[k].clean = strings.TrimSpace(lines[k].clean[len(mark):])
			}
		}
		i = j
	}
}

func initialsOf(s string) string {
	n := strings.IndexByte(s[:min(len(s), 5)], '>')
	if n < 1 {
		return ""
	}
	for i := range n {
		if s[i] < 'A' || s[i] > 'Z' {
			return ""
		}
	}
	return s[:n+1]
}
