package reply

import (
	"strings"
	"unicode"
)

// isRule tells whether the line is drawn with dashes, underscores or the like only.
func isRule(line string) bool {
	return len(line) >= 3 && strings.Trim(line, "-–—_*=~\u2500\u2501 ") == ""
}

// headerOf tells which header the line states, and its value.
func headerOf(line string) (header, string) {
	if len(line) > longest*4 || line == "" {
		return 0, ""
	}
	end := colonIn(line[:min(len(line), 48)])
	if line[0] == '|' { // a row of a table: "| From | Anna |"
		line = strings.Trim(line, "| ")
		end = strings.IndexByte(line[:min(len(line), 48)], '|')
	}
	if end <= 0 {
		name, value, cells := strings.Cut(line[:min(len(line), 48)], "  ") // of a table
		if !cells {
			return 0, ""
		}
		h, _ := lookup(languages.headers, strings.Trim(name, "*_| \t"))
		return h, strings.Trim(value+line[min(len(line), 48):], "* \t")
	}
	name := strings.Trim(line[:end], "*_| \t")
	h, ok := lookup(languages.headers, name)
	if !ok {
		if k := strings.IndexByte(name, '('); k > 0 {
			h, _ = lookup(languages.headers, strings.TrimSpace(name[:k]))
		} else if k = strings.IndexByte(name, ' '); k == 3 && name[0] >= 0x80 { // two characters, spaced to the width of three
			h, _ = lookup(languages.headers, strings.ReplaceAll(name, " ", ""))
		}
	}
	value := strings.TrimPrefix(strings.TrimLeft(line[end:], ":|"), "：")
	return h, strings.Trim(value, "* \t")
}

// headerBlockAt gives the end of the header lines that begin at i, or i if there are none. Below a marker one is enough.
func (r *reader) headerBlockAt(i int, marked bool) int {
	h, value := headerOf(r.lines[i].clean)
	if h == 0 || !marked && i < r.noHeaders {
		return i
	}
	const dated = dateSign | yearSign | timeSign
	var (
		rest    sight // of the lines since the last header
		last    = h
		first   = h
		seen    = h
		count   = 1
		end     = i + 1
		address = strings.Contains(value, "@")
		answers = h&subjectHeader != 0 && isAnswer(value)
		date    = h&sentHeader != 0 && r.sight(i).signs&dated != 0
		number  = r.lines[i].Quote > 0 || h&sentHeader != 0 && hasDigit(value) // a client's date has digits in any calendar: "Sent: yesterday" is the person's
	)
	if two, at := secondHeader(value); two != 0 && r.sight(i).has(addressSign) {
		seen, count, date = seen|two, count+1, date || at
	}
	for j := i + 1; j < len(r.lines) && j-end < 10 && count < 24; j++ {
		l := &r.lines[j]
		if l.clean == "" {
			if j-end >= 2 {
				break
			}
			continue
		}
		if l.Quote != r.lines[i].Quote {
			break
		}
		h, value := headerOf(l.clean)
		if h == 0 { // perhaps the rest of a value: only if a header follows
			if j-end >= 8 || r.lines[j-1].clean == "" {
				break
			}
			rest = rest.and(r.sight(j))
			continue
		}
		if h == first && !marked { // another block begins, or the first: then what is above is the person's
			if h == fromHeader || h == sentHeader && date {
				break
			}
			return i
		}
		address = address || rest.has(addressSign) || strings.Contains(value, "@")
		number = number || h&sentHeader != 0 && hasDigit(value) || last&sentHeader != 0 && rest.words > 0
		date = date || last&sentHeader != 0 && rest.signs&dated != 0 || h&sentHeader != 0 && r.sight(j).signs&dated != 0
		answers = answers || h&subjectHeader != 0 && isAnswer(value)
		rest, last = sight{}, h
		seen |= h
		count++
		end = j + 1
	}
	for last := &r.lines[end-1]; end < len(r.lines) && r.lines[end].clean != "" && r.lines[end].Quote == last.Quote; end++ {
		_, value := headerOf(last.clean) // the last value may go on, indented, or stand below its name
		folded := strings.HasPrefix(r.lines[end].Text, " ") && !strings.HasPrefix(r.lines[i].Text, " ")
		if !folded && (value != "" || &r.lines[end-1] != last) {
			break
		}
	}
	good := false
	switch {
	case marked:
		good = seen&(fromHeader|sentHeader|subjectHeader|toHeader) != 0
	case count < 2:
	case seen&fromHeader != 0:
		sure := address || date || answers || number && seen&^otherHeader == fromHeader|sentHeader|toHeader|subjectHeader
		good = seen&subjectHeader != 0 && sure || (seen&(sentHeader|toHeader) != 0 && (address || date))
	case seen&sentHeader != 0:
		good = date && seen&toHeader != 0 && (address || seen&subjectHeader != 0)
	}
	if !good {
		r.noHeaders = max(r.noHeaders, end) // nor does a good block begin further down in it
		return i
	}
	return end
}

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

// secondHeader finds a further header within the value of one, as when HTML puts them on one line.
func secondHeader(value string) (header, bool) {
	for k := 0; k < 200 && k < len(value); {
		n := strings.IndexByte(value[k:min(len(value), 240)], ':')
		if n < 0 {
			break
		}
		word := value[k : k+n]
		if sp := strings.LastIndexByte(word, ' '); sp >= 0 {
			word = word[sp+1:]
			if h, _ := lookup(languages.headers, strings.Trim(word, "*")); h != 0 {
				return h, h&sentHeader != 0
			}
		}
		k += n + 1
	}
	return 0, false
}
