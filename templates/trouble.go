package templates

import "slices"

// Troubles is the mail that tells whoever runs daybreak what is the matter, and what is well again.
type Troubles struct {
	Address string // daybreak's own
	Now     []Trouble
	Over    []Trouble
}

// Trouble is one thing that is the matter, or was.
type Trouble struct {
	Title    string // in a few words
	What     string // one sentence, without its full stop
	Since    string
	Until    string // of one that is over
	Hint     string // what to do about it
	Happened bool   // it happened, and does not last
	Loss     bool   // nobody can promise that nothing is lost
}

// troublePage is what the templates of such a mail get.
type troublePage struct {
	mailPage
	Troubles
	Happened, Loss bool
	Several        bool // so that each has a heading
}

const (
	whatLimit = 300 // of what is the matter, which may quote a server, in characters
	hintLimit = 400
)

// Troubles renders the mail that tells what is the matter.
func (s *Set) Troubles(v Troubles) (Letter, error) {
	p := troublePage{Troubles: Troubles{Address: Line(v.Address, addressLimit), Now: slices.Clone(v.Now), Over: slices.Clone(v.Over)}}
	p.Happened = !slices.ContainsFunc(v.Now, func(t Trouble) bool { return !t.Happened })
	p.Loss = slices.ContainsFunc(v.Now, func(t Trouble) bool { return t.Loss })
	p.Several = len(p.Now) > 1 || len(p.Now) > 0 && len(p.Over) > 0
	w := words{set: s}
	for _, list := range [][]Trouble{p.Now, p.Over} {
		for i := range list {
			t := &list[i]
			t.What, t.Hint = Line(t.What, whatLimit), Line(t.Hint, hintLimit)
			t.What = w.line("trouble.what", *t)
		}
	}
	p.Subject, p.Title, p.Lead = w.line("trouble.subject", p), w.line("trouble.title", p), w.line("trouble.lead", p)
	p.Preheader, p.FootLines = p.Lead, w.lines("trouble.foot", p)
	if w.err != nil {
		return Letter{}, w.err
	}
	return s.letter("trouble", p.Subject, p, p, nil, nil)
}
