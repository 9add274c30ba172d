// Package reply finds a person's own words in a mail and gives them to the questions that they answer.
//
// What comes in is a mail as read by mime and, if it answers one, the text that we had sent. What goes out are the
// words kept, items made of them, what was left out and why, and every decision with its reason. The text that we sent
// is the first witness of what is quoted; after it come the HTML's structure, the lines that clients put above quotes,
// ">" marks, and last signatures and footers. Where nothing is certain, words are kept: to lose some is worse than to
// show some too many.
//
// The package is pure: it knows no time, no store and no network. Its cost grows linearly with the input.
package reply

import (
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// Original is the mail of ours that is answered.
type Original struct {
	Text      string // the text part
	Questions []string
	Plan      []string // what the member planned last, as it was numbered from 1 on
	Marks     []string // that stand beside the items in it
}

// Reading is what was understood of one mail.
type Reading struct {
	Reply      string         // the words kept, plain text with LF line ends
	Items      []team.NewItem // the same as things said
	Comments   []Comment      // what it answers to items; Items has none of it
	Private    []Private      // what it says to one person alone; nothing else here has any of it
	Short      Short          // what it says instead of items, "" if nothing such
	Headed     bool           // its own headings or marks say what some of it is: it is meant as an update
	Unstuck    bool           // it says in answer to what is in the way that nothing is
	Correction bool           // it began with "correction:", which is not part of Reply: it replaces what was said before
	Elided     []Elided       // what was left out, in order
	Confidence float64        // 0 to 1
	Steps      []string       // each decision with its reason, if it was to be explained
}

// Elided is a stretch of the body that is not the person's own words.
type Elided struct {
	Text string
	Why  string
	Ours bool // it is text that we sent, or what clients put around quoted mail
}

// Sure is the confidence from which a reading is believed. One below it is kept all the same, and its writer is asked to look at it.
const Sure = 0.75

// Read finds the person's own words in the mail. sent is what the mail answers, nil if that is not known. It notes no steps.
func Read(m *mime.Message, sent *Original) Reading { return read(m, sent, "", false) }

// Below reads a mail as Read does, but leaves out its own lines up to the one that is an order to us. It finds nothing more where there is no
// such line.
func Below(m *mime.Message, sent *Original, order string) Reading { return read(m, sent, order, false) }

// Explain reads a mail as Read does, and notes each step.
func Explain(m *mime.Message, sent *Original) Reading { return read(m, sent, "", true) }

func read(m *mime.Message, sent *Original, order string, explain bool) Reading {
	s := scratches.Get().(*scratch)
	defer s.free()
	r := &reader{scratch: s, explains: explain, subject: m.Subject, names: namesOf(m)}
	r.fresh = m.Subject != "" && !isAnswer(m.Subject) && len(m.InReplyTo) == 0 && len(m.References) == 0 && sent == nil
	r.take(withoutOffers(r.body(m), sent))
	if sent != nil {
		r.mirror = s.mirror.reflect(sent)
		r.align()
		if r.covered > 0 {
			r.step("%d of the %d words that we sent are found in it", r.covered, len(r.mirror.tokens))
		}
	}
	r.separate()
	r.rejoin()
	if r.silent() {
		r.forwarded()
		r.indented()
	}
	r.compare(m)
	r.trim()
	r.obeyed(order)

	reading := Reading{Private: r.private(sent)}
	reading.Elided = r.elided()
	reading.Correction = r.correction()
	reading.Reply = r.text()
	reading.Items, reading.Comments, reading.Short = r.items(sent, reading.Reply)
	reading.Headed = r.headed
	reading.Unstuck = r.unstuck && !slices.ContainsFunc(reading.Items, func(i team.NewItem) bool { return i.Kind == team.Blocker })
	reading.Confidence = r.confidence(reading)
	reading.Steps = r.steps
	return reading
}

// namesOf gives the words of the sender's name and address.
func namesOf(m *mime.Message) []string {
	var names []string
	for _, a := range m.From {
		local, _, _ := strings.Cut(a.Addr, "@")
		for _, w := range nameWords(a.Name + " " + local) {
			if len(w) > 1 && len(names) < 16 {
				names = append(names, w)
				if given := givenName(w); given != "" {
					names = append(names, given)
				}
			}
		}
	}
	return names
}

func (r *reader) take(body []mime.Line) {
	r.lines = r.lines[:0]
	if cap(r.lines) < len(body)+2 {
		r.lines = make([]line, 0, len(body)+8)
	}
	put := func(l mime.Line) { r.lines = append(r.lines, line{Line: l, clean: clean(l.Text), question: -1}) }
	for _, l := range body {
		if l.Quote == 0 && strings.HasPrefix(l.Text, ">") && !strings.HasPrefix(l.Text, ">=") && !strings.HasSuffix(l.Text, "<<") { // HTML that shows ">" as text
			for strings.HasPrefix(l.Text, ">") {
				l.Quote++
				l.Text = strings.TrimPrefix(l.Text[1:], " ")
			}
			l.From = mime.FromMarks
		}
		if at, end := markerWithin(l.Text); at >= 0 { // a phone that breaks no lines
			for _, piece := range []string{l.Text[:at], l.Text[at:end]} {
				put(mime.Line{Text: piece, Quote: l.Quote, From: l.From})
			}
			l.Text = l.Text[end:]
		}
		if at := leadWithin(l.Text); at > 0 && l.Quote == 0 {
			put(mime.Line{Text: strings.TrimRight(l.Text[:at], " "), From: l.From})
			l.Text = l.Text[at:]
		}
		put(l)
	}
	initials(r.lines)
}

// rejoin takes back that words stand beside ours in lines that are kept as a whole: the person said ours again.
func (r *reader) rejoin() {
	for i := range r.lines {
		if l := &r.lines[i]; l.why == kept {
			l.beside = 0
		}
	}
}

// silent tells whether no own words were found.
func (r *reader) silent() bool {
	for i := range r.lines {
		if r.own(i) || r.lines[i].beside > 0 {
			return false
		}
	}
	return true
}

// forwarded takes a forwarded mail with nothing above it as what the person says.
func (r *reader) forwarded() {
	for i := range r.lines {
		if r.lines[i].clean == "" {
			continue
		}
		start := r.next(i + 1)
		if markerOf(r.lines[i].clean) != forward {
			if isAnswer(r.subject) || r.next(0) < i || r.headerBlockAt(i, false) == i {
				continue
			}
			start = i // Outlook forwards with the header lines alone
		}
		for start < len(r.lines) { // the header block, and perhaps a forwarded mail within
			end := r.headerBlockAt(start, true)
			if markerOf(r.lines[start].clean) == forward {
				end = start + 1
			}
			if end == start {
				break
			}
			start = r.next(end)
		}
		if start == len(r.lines) {
			return
		}
		base := r.lines[start].Quote
		for k := start; k < len(r.lines); k++ {
			if l := &r.lines[k]; l.Quote <= base && l.why != whyOurs {
				l.why = kept
			}
		}
		r.step("%s: kept: a forwarded mail with nothing above it", span{start, len(r.lines)})
		r.unsure += 0.1
		return
	}
}

// surelyOurs tells whether what is left out for the reason says nothing that the person may have written. The line above a quote may,
// if the quote is not of ours.
func (r *reader) surelyOurs(why reason) bool {
	switch why {
	case whyLead, whyHeaders:
		return r.covered > 0
	case whyOurs, whyPhone, whyScanner, whyBanner, whyList, whyRule, whyOrder:
		return true
	}
	return false
}

// indented takes lines as the person's own that are nothing but indented, where there are no others.
func (r *reader) indented() {
	n := 0
	for i := range r.lines {
		l := &r.lines[i]
		if l.clean == "" {
			continue
		}
		if l.why != whyMarked || !bare(l.From) {
			return
		}
		if n++; n <= 4 {
			if kind, _ := r.leadAt(i); kind != noLead {
				return
			}
		}
	}
	for i := range r.lines {
		r.lines[i].why = kept
	}
	r.step("kept: all of it is indented, and nothing says that it was quoted")
	r.unsure += 0.3
}

// elided gathers what is left out, and says it in the steps.
func (r *reader) elided() []Elided {
	var all []Elided
	for i := 0; i < len(r.lines); {
		why := r.lines[i].why
		if why == kept || why == whyPrivate {
			i++
			continue
		}
		if all == nil {
			all = make([]Elided, 0, 2) // an attribution and a quote
		}
		end := i + 1
		for j := end; j < len(r.lines) && (r.lines[j].why == why || r.lines[j].clean == ""); j++ {
			if r.lines[j].why == why {
				end = j + 1
			}
		}
		size := 0
		for k := i; k < end; k++ {
			size += len(r.lines[k].Text) + 1
		}
		var b strings.Builder
		b.Grow(size)
		for k := i; k < end; k++ {
			if k > i {
				b.WriteByte('\n')
			}
			l := &r.lines[k]
			b.WriteString(l.Text[:len(l.Text)-len(l.rest())])
		}
		all = append(all, Elided{Text: b.String(), Why: why.String(), Ours: r.surelyOurs(why)})
		if r.explains { // what is told would be put together in vain
			r.step("%s: left out: %s", span{i, end}, why)
		}
		i = end
	}
	return all
}

// correction takes the word "correction:" off the first own line.
func (r *reader) correction() bool {
	for i := range r.lines {
		l := &r.lines[i]
		text := l.Text
		switch {
		case l.clean == "" || l.why != kept && l.beside == 0:
			continue
		case l.why != kept:
			text = l.rest()
		}
		s := strings.TrimLeft(text, " \t*_\u00a0")
		n := colonIn(s[:min(len(s), 40)])
		if n <= 0 {
			return false
		}
		if found, _ := lookup(languages.correction, strings.Trim(s[:n], " *_\u00a0")); !found {
			return false
		}
		s = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s[n:], ":"), "："), " *_\t\u00a0")
		r.step("line %d: a correction: it replaces what was said before", i+1)
		if l.why == kept {
			l.Text, l.clean = s, clean(s)
		} else {
			l.beside = int32(len(l.Text) - len(s))
		}
		return true
	}
	return false
}

// obeyed leaves out the lines up to the one that is an order, if there is one.
func (r *reader) obeyed(order string) {
	if order = clean(order); order == "" {
		return
	}
	for i := range r.lines {
		if !r.own(i) || r.lines[i].clean != order {
			continue
		}
		for k := range r.lines[:i+1] {
			if r.own(k) {
				r.lines[k].why = whyOrder
			}
		}
		return
	}
}

// text puts the own words together.
func (r *reader) text() string {
	var b strings.Builder
	blank := false
	put := func(s string) {
		if blank && b.Len() > 0 {
			b.WriteByte('\n')
		}
		blank = false
		b.WriteString(strings.TrimRight(s, " \t\r\u00a0"))
		b.WriteByte('\n')
	}
	depth := 0
	for i := range r.lines {
		l := &r.lines[i]
		if l.clean != "" && l.why == kept {
			blank = blank || l.Quote != depth // what the person quoted on purpose is a paragraph
			depth = l.Quote
		}
		switch {
		case l.beside > 0:
			blank = true
			put(l.rest())
			blank = true
		case l.clean == "" || l.why != kept:
			blank = true
		default:
			put(l.Text)
		}
	}
	return strings.TrimRight(strings.TrimLeft(b.String(), "\n"), "\n")
}

// items gives the own words to the questions.
func (r *reader) items(sent *Original, words string) ([]team.NewItem, []Comment, Short) {
	z := itemizer{reader: r, sent: sent}
	if sent != nil {
		z.kinds = make([]team.Kind, 0, len(sent.Questions))
		for _, q := range sent.Questions {
			z.kinds = append(z.kinds, QuestionKind(q))
		}
	}
	sections := r.sections(len(z.kinds))
	if len(z.kinds) > 0 {
		switch short, ok := shortOf(words, r.names); {
		case !ok:
		case short != same:
			r.step("all that it says is %q: %s", strings.TrimSpace(words), shortMeans[short])
			r.unstuck = short == Nothing && len(sections) == 1 && sections[0].question >= 0 && z.kindOf(sections[0].question) == team.Blocker
			return nil, nil, short
		case len(sent.Plan) > 0 && (len(sections) != 1 || sections[0].question < 0 || z.kindOf(sections[0].question) == team.Plan || len(z.kinds) == 1):
			z.again(strings.TrimSpace(words))
			return z.items, z.comments, ""
		case len(sent.Plan) == 0:
			r.step("%q: the mail listed no plan: kept as said", strings.TrimSpace(words))
			r.unsure += 0.3
		}
	}
	for _, s := range sections {
		z.section(s)
	}
	z.polite()
	if len(z.kinds) > 0 && len(z.comments) > 0 && len(z.items) == 1 && z.items[0].Question < 0 {
		if short, ok := shortOf(z.items[0].Text, r.names); ok && short != same {
			r.step("beside that it says %q: %s", z.items[0].Text, shortMeans[short])
			return nil, z.comments, short
		}
	}
	if len(z.items) == 0 && len(z.kinds) > 0 && words != "" && (len(z.comments) == 0 || z.nothing) {
		r.step("it answers with nothing: %s", shortMeans[Nothing])
		return nil, z.comments, Nothing
	}
	return z.items, z.comments, ""
}

// shortMeans says what short answers mean.
var shortMeans = map[Short]string{
	Nothing: "there is nothing to report for the day",
	Skip:    "the day is not to be asked about",
	Off:     "no work on that day",
}

// confidence sums up how sure the reading is.
func (r *reader) confidence(reading Reading) float64 {
	c := 1 - r.unsure
	switch {
	case reading.Reply == "":
		c -= 0.4
	case r.mirror != nil && r.covered == 0 && len(reading.Elided) > 0:
		c -= 0.1 // something is left out, and none of it is the text that we sent
		r.step("what was left out is not the text that we sent")
	}
	c = min(1, max(0.1, c))
	r.step("confidence %.2f", c)
	return c
}
