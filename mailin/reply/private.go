package reply

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Private is what a mail says to one person alone.
type Private struct {
	Mark string // of an item of theirs, in small letters; "" if none is named. The mail of ours need not have it
	To   string // the name or the address after an @, "" if none is named
	Text string
}

// privateWords begin what is for one person alone.
var privateWords = map[string]bool{
	"private": true, "privately": true, "privat": true, "privé": true, "privado": true, "privada": true, "privato": true, "prywatnie": true, "лично": true,
}

var (
	anyMark   = regexp.MustCompile(`(?i)^[\[(]?([a-z]{1,3}\d{1,4})[\])]?(?:[\s,:：–—-]|$)`)
	firstName = regexp.MustCompile(`^@?([^\s:：@]{1,64}@[^\s:：@]{1,120})|^@([^\s:：]{1,60})`)
	anyName   = regexp.MustCompile(`^@?([^\s:：@]{1,64}@[^\s:：@]{1,120})|^@([^\s:：]{1,60}(?: \pL[^\s:：]{0,40}){0,3}[:：]|[^\s:：]{1,60})`)
)

// private takes out what is for one person alone: from a line that says so to the end of the mail, or to the next such line. To tell too much
// to one is better than to tell it to all. What stands below a single quoted item is for its author.
func (r *reader) private(sent *Original) (list []Private) {
	marked := sent != nil && len(sent.Marks) > 0
	var text []string
	flush := func() {
		if n := len(list); n > 0 {
			list[n-1].Text = strings.Trim(strings.Join(text, "\n"), "\n")
		}
		text = nil
	}
	quoted := map[int16]bool{} // the items quoted since the last own words
	said := false
	for i := range r.lines {
		l := &r.lines[i]
		own := l.Text
		switch {
		case l.ofItem && l.why != kept && l.beside == 0:
			if said {
				clear(quoted)
			}
			if said = false; l.item > 0 {
				quoted[l.item] = true
			}
			continue
		case l.clean == "":
			if len(list) > 0 {
				text = append(text, "")
			}
			continue
		case l.beside > 0:
			own = l.rest()
		case l.why != kept:
			continue
		}
		said = true
		own = strings.TrimRight(own, " \t\r\u00a0")
		if p, ok := privateIn(own, marked); ok {
			flush()
			if p.Mark == "" && p.To == "" && len(quoted) == 1 && marked {
				for item := range quoted {
					p.Mark = sent.Marks[item-1]
				}
			}
			text, list = append(text, p.Text), append(list, p)
			r.step("line %d: for one person alone", i+1)
		} else if len(list) == 0 {
			continue
		} else {
			text = append(text, own)
		}
		l.why, l.beside = whyPrivate, 0
	}
	flush()
	return slices.DeleteFunc(list, func(p Private) bool { return strings.TrimSpace(p.Text) == "" })
}

// privateIn reads a line with which private words begin: "private: …", "private a3: …", "private @mia …", "a3 private: …". Without a colon
// somebody must be named behind the word, or the word stand alone where our mail has items.
func privateIn(line string, marked bool) (p Private, ok bool) {
	s := strings.TrimLeft(strings.TrimSpace(line), "*_ ")
	if n := bulletOf(s); n > 0 {
		s = strings.TrimSpace(s[n:])
	}
	s = p.named(s, firstName)
	before := p != Private{}
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(s)
	}
	if !privateWords[strings.ToLower(s[:end])] {
		return Private{}, false
	}
	s = strings.TrimLeft(s[end:], "*_")
	if r, _ := utf8.DecodeRuneInString(s); s != "" && !unicode.IsSpace(r) && !strings.ContainsRune(":：-–—", r) {
		return Private{}, false
	}
	rest, after := strings.TrimLeft(s, " ,\u00a0"), Private{}
	for _, to := range []string{"to ", "for "} {
		rest = strings.TrimPrefix(rest, to)
	}
	if !before {
		if rest = after.named(rest, anyName); after != (Private{}) {
			p, s = after, rest
		}
	}
	s = strings.TrimLeft(s, " *_\u00a0")
	p.Text = strings.TrimSpace(strings.TrimLeft(s, ":：-–—*_ "))
	colon := after != Private{} && strings.HasSuffix(p.To, ":")
	p.To = strings.TrimRight(p.To, ":：")
	colon = colon || strings.HasPrefix(s, ":") || strings.HasPrefix(s, "：")
	dash := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "–") || strings.HasPrefix(s, "—")
	return p, colon || after != Private{} || (dash || s == "") && (marked || before)
}

// named takes a mark or a name from the beginning of the words, and gives the rest.
func (p *Private) named(s string, name *regexp.Regexp) string {
	if m := anyMark.FindStringSubmatchIndex(s); m != nil {
		p.Mark = strings.ToLower(s[m[2]:m[3]])
		return strings.TrimLeft(strings.TrimLeft(s[m[3]:], "])"), " ,")
	}
	if m := name.FindStringSubmatchIndex(s); m != nil {
		if m[2] >= 0 {
			p.To = s[m[2]:m[3]]
		} else {
			p.To = s[m[4]:m[5]]
		}
		return strings.TrimLeft(s[m[1]:], " ,")
	}
	return s
}
