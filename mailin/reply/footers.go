package reply

import "strings"

// isOrnament tells whether the line is drawn, not written.
func isOrnament(s string) bool {
	return len(s) >= 2 && strings.Trim(s, "-–—_*=~#+\u2500\u2501 ") == "" && s != "++" && s != "+ +"
}

// isPhone tells whether the line is a footer such as "Sent from my iPhone", in some language.
func isPhone(line string, s sight) bool {
	if s.words > 20 || len(line) > 160 || s.signs&(wroteEnd|bracketSign) == wroteEnd|bracketSign {
		return false
	}
	link := strings.LastIndex(line, " <http")
	if link > 0 && line[len(line)-1] == '>' { // the program's name leads to its page
		line = line[:link]
		s = look(line)
	}
	lower := strings.ToLower(strings.Trim(line, "-–—_*=~<>[]()|. !"))
	lower = strings.ReplaceAll(lower, "[", "")
	if n := strings.IndexAny(lower, "<(["); n > 0 { // an address behind it
		if languages.sentWhole[strings.TrimSpace(lower[:n])] {
			return true
		}
	} else if languages.sentWhole[lower] {
		return true
	}
	for _, my := range languages.sentFromMy {
		if len(lower) > len(my) && lower[len(my)] == ' ' && strings.HasPrefix(lower, my) && s.words <= 10 && !strings.ContainsAny(lower, ",;") && !strings.Contains(lower, ": ") {
			return true
		}
	}
	mail := s.words <= 6 && strings.HasSuffix(strings.TrimRight(line, ". "), " Mail") // "Sent from Harbour Mail"
	linked := link > 0 && s.words <= 5 && !strings.ContainsAny(lower, ",;:")
	if !s.has(deviceSign) && !mail && !linked && (lower == "" || lower[0] < 0x80 || !containsAny(lower, languages.devices)) {
		return false
	}
	linked = linked && !s.has(deviceSign) && !mail
	for _, phrase := range languages.sentFrom[firstRune(lower)] {
		if linked && strings.IndexByte(phrase, ' ') < 0 {
			continue // "Download <link>" is said
		}
		// "via" and the like are everyday words: the device must come at once.
		if strings.HasPrefix(lower, phrase) && (len(phrase) > 4 || s.words <= 3) {
			return named(lower)
		}
	}
	for _, end := range languages.fromEnds {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// named tells whether the device is named in the first clause of the line, and no list or story follows.
func named(lower string) bool {
	n := strings.IndexAny(lower, ",.:;!?")
	for n > 0 && n+1 < len(lower) && lower[n+1] != ' ' { // "mail.ru"
		k := strings.IndexAny(lower[n+1:], ",.:;!?")
		if k < 0 {
			return true
		}
		n += k + 1
	}
	if n <= 0 || n+1 >= len(lower) {
		return true
	}
	return (lower[n] != ':' || n > 1 && lower[n-1] == ' ' || strings.HasPrefix(lower[n+1:], " http")) && (look(lower[:n]).has(deviceSign) || containsAny(lower[:n], languages.devices))
}

// smallPrint tells what standing text the paragraph is, kept for none.
func (t *trimmer) smallPrint(start, last, size int) reason {
	if size < 15 {
		return kept
	}
	var b strings.Builder
	b.Grow(size + last - start + 1)
	for i := start; i <= last; i++ {
		b.WriteString(strings.ToLower(t.lines[i].clean))
		b.WriteByte(' ')
	}
	text := b.String()
	switch {
	case size <= 600 && languages.scanners.in(text, 1) > 0:
		return whyScanner
	case size <= 1500 && languages.lists.in(text, 1) > 0 && (strings.Contains(text, "http") || strings.Contains(text, "@") || strings.Contains(text, "www.")):
		return whyList
	}
	if n := languages.disclaimers.in(text, 3); n >= 3 && size >= 100 || n >= 2 && size >= 250 {
		return whyLegal
	}
	return kept
}

// legalAbove gives where a legal notice of several paragraphs begins whose last is that from start to last, -1 if there is none.
// Each of them must speak as such notices do.
func (t *trimmer) legalAbove(start, last int) int {
	found, size := 0, 0
	for n := 0; n < 6 && start > t.first; n++ {
		k := 0
		for i := start; i <= last; i++ {
			if t.own(i) {
				size += len(t.lines[i].clean)
			}
		}
		if size <= 3000 {
			var b strings.Builder
			for i := start; i <= last; i++ {
				b.WriteString(strings.ToLower(t.lines[i].clean))
				b.WriteByte(' ')
			}
			k = languages.disclaimers.in(b.String(), 3)
		}
		if k == 0 {
			return -1
		}
		found += k
		enough := found >= 3 && size >= 100 && n > 0
		bottom := start
		last = start - 1
		for last > t.first && start-last <= 3 && t.lines[last].clean == "" {
			last--
		}
		switch {
		case t.own(last):
		case enough:
			return bottom
		default:
			return -1
		}
		for start = last; start > t.from && last-start < 20 && t.own(start-1); start-- {
		}
		if !enough {
			continue
		}
		if start > t.first && start == last && t.sight(start).words <= 3 && languages.disclaimers.in(strings.ToLower(t.lines[start].clean), 1) > 0 {
			return start // its heading
		}
		return bottom
	}
	return -1
}

func containsAny(text string, list []string) bool {
	for _, s := range list {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// banner leaves out what a gateway put above the words.
func (t *trimmer) banner() {
	for i, n := t.first, 0; i < len(t.lines) && n < 8; i, n = i+1, n+1 {
		if !t.own(i) {
			continue
		}
		text := strings.ToLower(t.lines[i].clean)
		end := i + 1
		found := languages.banners.in(text, 2)
		if found == 0 || len(text) > 600 {
			return
		}
		for end < len(t.lines) && end-i < 6 && found >= 2 && t.own(end) && strings.IndexByte(".!*]", t.lines[end-1].clean[len(t.lines[end-1].clean)-1]) < 0 {
			end++ // wrapped
		}
		if found == 1 && t.sight(i).words > 4 { // wrapped: look at the paragraph
			for end < len(t.lines) && end-i < 6 && t.own(end) {
				text += " " + strings.ToLower(t.lines[end].clean)
				end++
			}
			if languages.banners.in(text, 2) < 2 {
				return
			}
		}
		rest := t.next(end)
		if rest < len(t.lines) && t.own(rest) && isOrnament(t.lines[rest].clean) {
			end = rest + 1
			rest = t.next(end)
		}
		if rest == len(t.lines) {
			return // nothing else: keep
		}
		t.leaveOut(i, end, whyBanner)
		if t.first = rest; rest < len(t.lines) && !t.own(rest) {
			return
		}
	}
}
