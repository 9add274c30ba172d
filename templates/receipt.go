package templates

import (
	"html/template"
	"regexp"
	"strings"
)

// doubtLimit is how long the reason for a doubt is, in characters. It may quote the mail.
const doubtLimit = 240

// changedLimit is how long it may be what was set and what it was before, in characters: hours of every day of a week, twice.
const changedLimit = 2 * doubtLimit

// leftOutLimit is how much a receipt shows of each thing that was left out, in characters.
const leftOutLimit = 160

// addressLimit is the length of the longest address that a mail can come from.
const addressLimit = 254

var domainDot = regexp.MustCompile(`([\pL\pN_-])\.(\pL)`)

// unlinked writes a stranger's words so that no mail client makes a link of them.
func unlinked(s string) string {
	return domainDot.ReplaceAllString(strings.NewReplacer("://", "[:]//", "@", "[@]").Replace(s), "$1[.]$2")
}

// receiptPage is what the templates of a receipt get. Said differs between the text and the HTML part.
type receiptPage struct {
	mailPage
	Text    string        // what the reader said, for the text part
	HTML    template.HTML // the same for the HTML part
	LeftOut []LeftOut

	LeftTitle string // of these
	After     string // a paragraph below these
	List      []receiptList
	Below     string // a paragraph below the list
}

// receiptList is a list, under a heading or under none.
type receiptList struct {
	Heading string
	Lines   []string
}

// lists makes lists of lines: in help those that begin with "# " are headings.
func lists(kind ReceiptKind, lines []string) (list []receiptList) {
	for _, line := range lines {
		heading, is := strings.CutPrefix(line, "# ")
		switch is = is && kind == HelpReceipt; {
		case is:
			list = append(list, receiptList{Heading: heading})
			continue
		case len(list) == 0:
			list = append(list, receiptList{})
		}
		last := &list[len(list)-1]
		last.Lines = append(last.Lines, line)
	}
	return list
}

// cleanLines makes of each a line of its own.
func cleanLines(lines []string) []string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = Line(l, changedLimit)
	}
	return list
}

// Receipt renders the answer to an order, or shows what was understood of a mail.
func (s *Set) Receipt(v Receipt) (Letter, error) {
	v.Answered, v.Reader = Line(v.Answered, subjectLimit), Line(v.Reader, nameLimit)
	if v.Kind == PrivateReceipt {
		v.HeldAbout = gist(v.HeldAbout, topicLimit)
	}
	v.Suspect, v.HeldAbout = Line(v.Suspect, addressLimit), unlinked(Line(v.HeldAbout, subjectLimit))
	v.About, v.At = Line(v.About, nameLimit+addressLimit), Line(v.At, addressLimit)
	v.Into, v.By = Line(v.Into, nameLimit), Line(v.By, nameLimit)
	if v.Kind == InvitationReceipt || v.Kind == InvitedReceipt { // it goes to strangers
		v.Into, v.By = unlinked(v.Into), unlinked(v.By)
	}
	if v.Kind == UnreachedReceipt { // the words of a server that nobody knows
		v.Doubt = unlinked(Line(v.Doubt, leftOutLimit))
	}
	if len(v.Answered) > 3 && strings.EqualFold(v.Answered[:3], "re:") {
		v.Answered = strings.TrimSpace(v.Answered[3:])
	}
	prompts := make([]Time, len(v.Prompts))
	for i, p := range v.Prompts {
		prompts[i] = Time{cleanAll(p.Teams), p.When}
	}
	v.Prompts, v.Team, v.CheckIn = prompts, Line(v.Team, nameLimit), Line(v.CheckIn, nameLimit)
	v.Doubt, v.Changed = Line(v.Doubt, doubtLimit), Line(v.Changed, changedLimit)
	v.Lines, v.Added, v.Seen = cleanLines(v.Lines), cleanLines(v.Added), cleanLines(v.Seen)
	w := words{set: s}
	p := receiptPage{List: lists(v.Kind, w.lines("receipt.list", v)), After: w.line("receipt.after", v), Below: w.line("receipt.below", v)}
	if p.After = strings.Join(append(v.Seen, p.After), " "); len(v.Added) > 0 {
		p.List = append([]receiptList{{w.line("receipt.added", v), v.Added}}, p.List...)
	}
	p.Subject, p.Title, p.Lead = w.line("receipt.subject", v), w.line("receipt.title", v), w.line("receipt.lead", v)
	p.Preheader = p.Lead
	p.FootLines = w.lines("receipt.foot", v)
	if w.err != nil {
		return Letter{}, w.err
	}
	if p.LeftTitle = "Left out of your mail"; !v.Kind.shows() {
		p.LeftTitle = "The rest of your mail"
	}
	if v.Kind == StrayReceipt {
		p.LeftTitle = "You wrote"
	}
	for _, left := range v.LeftOut {
		p.LeftOut = append(p.LeftOut, LeftOut{Words: Line(left.Words, leftOutLimit), Why: left.Why})
	}
	if len(v.Said.Parts) > 0 {
		inText, inHTML, err := s.fill(Digest{Sections: []Section{{People: []Person{v.Said}}}}.clean(), p.mailPage)
		if err != nil {
			return Letter{}, err
		}
		p.Text, p.HTML = inText.Sections[0].people[0], template.HTML(inHTML.Sections[0].people[0])
		p.After = strings.TrimSpace(inHTML.Left + " " + p.After)
	}
	return s.letter("receipt", p.Subject, p, p, nil, nil)
}
