package reply

import "strings"

// closing leaves out "Best regards," and what is below it.
func (t *trimmer) closing() bool {
	reach := false
	for i, below := t.to-1, 0; i >= t.from && (below <= 7 || reach && below <= 16); i-- {
		if !t.own(i) {
			continue
		}
		if i > t.first && t.isClosing(i) {
			if below == 0 && says(t.lines[i].clean, languages.thanks) {
				return false // "Cheers" alone is said, not signed
			}
			for k := i + 1; k < t.to; k++ {
				if t.own(k) && !t.signatureLike(k) {
					return false
				}
			}
			t.leaveOut(i, t.to, whyClosing)
			return true
		}
		if !t.signatureLike(i) {
			return false
		}
		reach = reach || t.reaches(i)
		below++
	}
	return false
}

// isClosing tells whether the line is "Best regards", alone or with a name behind it.
func (t *trimmer) isClosing(i int) bool {
	s := t.lines[i].clean
	if len(s) > 80 || t.sight(i).words > 14 {
		return false
	}
	lower := strings.ToLower(strings.TrimRight(s, ",.!;:-–—~ 。、，！،*_)"))
	lower = strings.TrimLeft(lower, "*_-–—/ ")
	if languages.closings[lower] {
		return true
	}
	if t.looksLikeName(t.next(i+1)) && t.closes(lower) || languages.wishes[lower] && t.nameLike(t.next(i+1)) {
		return true
	}
	if n := strings.IndexByte(lower, '/'); n > 0 && languages.closings[strings.TrimSpace(lower[:n])] {
		return languages.closings[strings.TrimSpace(lower[n+1:])] // in two languages
	}
	if n := strings.IndexAny(lower, ",.!-–—，،"); n > 0 && languages.closings[strings.TrimSpace(lower[:n])] {
		rest := strings.TrimLeft(s[min(n, len(s)):], ",.!-–—，* ")
		return capitalised(rest) && len(strings.Fields(rest)) <= 4 && !strings.ContainsAny(rest, "(){}[]\"=:;/<>") && (n > 2 || lower[n] == ',')
	}
	words := strings.Fields(lower)
	for n := min(len(words)-1, 6); n >= 1; n-- {
		if languages.closings[strings.Join(words[:n], " ")] {
			rest := strings.Join(words[n:], " ") // after one word, only the sender's name
			return len(words)-n <= 3 && (n > 1 && capitalised(strings.Join(strings.Fields(s)[n:], " ")) || len(t.names) > 0 && t.allSender(rest))
		}
	}
	return false
}

// closes tells whether a name below makes the line a closing: "Warmest personal regards", "Regards from Lisbon", "Thanks
// and regards", "Have a nice day".
func (t *trimmer) closes(line string) bool {
	words := strings.Fields(line)
	for i, w := range words {
		w = strings.Trim(w, ",!.")
		switch {
		case len(words) > 6:
			return false
		case languages.closers[w]:
			if i == len(words)-1 && i < 4 || i < 3 && len(words)-i <= 4 && languages.from[words[i+1]] {
				return true
			}
		case languages.and[w] && i > 0 && i < len(words)-1:
			first := strings.Trim(strings.Join(words[:i], " "), ",!.")
			last := strings.Join(words[i+1:], " ")
			if (languages.thanks[first] || languages.closings[first]) && (languages.closings[last] || languages.wishes[last] || languages.closers[words[len(words)-1]]) {
				return true
			}
		}
	}
	return false
}
