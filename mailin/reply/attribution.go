package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"daybreak/mailin/mime"
)

// What stands above a quote.
type lead int

const (
	noLead      lead = iota
	likelyLead       // an attribution, if a quote follows
	attribution      // "On … wrote:"
	headerBlock      // From:, Sent:, To:, Subject:
	original         // "-----Original Message-----", perhaps with a header block
	forward          // "Forwarded message", perhaps with a header block
)

// leadAt tells whether lines that introduce a quote begin at i, and where they end.
func (r *reader) leadAt(i int) (lead, int) {
	j := i
	if isRule(r.lines[j].clean) { // a rule above a header block belongs to it
		if j = r.next(i + 1); j-i > 3 || j == len(r.lines) {
			return noLead, i
		}
	}
	if isReplyAbove(r.lines[j].clean) {
		return original, j + 1
	}
	if between(r.lines[j].clean) { // a marker in a language not known, known by what is below
		if k := r.next(j + 1); k < len(r.lines) && k-j <= 3 && r.lines[k].Quote == r.lines[j].Quote {
			if end := r.headerBlockAt(k, false); end > k {
				return original, end
			}
		}
	}
	if kind := markerOf(r.lines[j].clean); kind != noLead {
		end := j + 1
		for k := r.next(end); k < len(r.lines) && k-end <= 3; k = r.next(end) {
			if more := markerOf(r.lines[k].clean); more == noLead {
				break
			}
			end = k + 1
		}
		if k := r.next(end); k < len(r.lines) && k-end <= 3 && r.lines[k].Quote == r.lines[j].Quote {
			if e := r.headerBlockAt(k, true); e > k {
				end = e
			} else if more, e := r.attributionAt(k); more == attribution {
				end = e
			}
		}
		return kind, end
	}
	if end := r.headerBlockAt(j, false); end > j {
		return headerBlock, end
	}
	if j > i { // Yandex: below a rule, whom it went to and what about
		if end := r.headerBlockAt(j, true); end >= j+2 && (r.sight(j).has(addressSign) || r.sight(j+1).has(addressSign)) {
			return headerBlock, end
		}
	}
	if s := r.sight(j); s.has(dashesSign) && s.words <= 6 && j+1 < len(r.lines) && r.lines[j+1].Quote == r.lines[j].Quote {
		if end := r.headerBlockAt(j+1, false); end > j+1 { // what a marker says in a language that is not known
			return original, end
		}
	}
	if j > i {
		return noLead, i
	}
	kind, end := r.attributionAt(i)
	if kind == attribution && end+1 < len(r.lines) && r.lines[end+1].Quote > 0 && r.lines[end].Quote == r.lines[i].Quote {
		if s := r.sight(end); s.has(colonEnd) && s.words <= 3 { // the last word torn off: "… napisao\nje:"
			end++
		}
	}
	if kind == attribution && end < len(r.lines) && r.sight(i).has(dashesSign) { // Notes: "-----Anna wrote: -----" and a header block
		end = r.headerBlockAt(end, true)
	}
	return kind, end
}

// markerOf tells whether the line is one such as "-----Original Message-----" or "Begin forwarded message:".
func markerOf(line string) lead {
	if len(line) > 140 || len(line) < 4 {
		return noLead
	}
	bare := strings.Trim(line, "-–—_*=~ >\u2500")
	dashes := len(line)-len(bare) >= 4
	colon := strings.HasSuffix(bare, ":") || strings.HasSuffix(bare, "：")
	if !dashes && !colon {
		return noLead
	}
	bare = strings.TrimRight(bare, ":： ")
	forwarded, ok := lookup(languages.markers, bare)
	if !ok && dashes { // "Forwarded by Anna on 3/3/2026", "Original Message from Anna"
		for n := strings.LastIndexByte(bare, ' '); n > 0 && !ok; n = strings.LastIndexByte(bare[:n], ' ') {
			forwarded, ok = lookup(languages.markers, bare[:n])
		}
	}
	switch {
	case !ok || !dashes && !forwarded:
		return noLead
	case forwarded:
		return forward
	}
	return original
}

// markerWithin finds "---- Original message ----" within a line, between other words: where it begins and ends, -1 if
// it is not there.
func markerWithin(text string) (int, int) {
	for from := 0; from < len(text) && from < 4*longest; {
		at := strings.Index(text[from:], "----")
		if at < 0 {
			break
		}
		at += from
		end := at
		for end < len(text) && text[end] == '-' {
			end++
		}
		close := strings.Index(text[end:min(len(text), end+100)], "----")
		if close < 0 {
			break
		}
		stop := end + close
		for stop < len(text) && text[stop] == '-' {
			stop++
		}
		if (strings.Trim(text[:at], " *_>") != "" || strings.Trim(text[stop:], " *_>") != "") && markerOf(text[at:stop]) != noLead {
			return at, stop
		}
		from = end + close
	}
	return -1, -1
}

// leadWithin finds an attribution that a client put behind the person's words on the same line: where it begins, 0 if it
// is not there.
func leadWithin(text string) int {
	if len(text) > longest || !strings.HasSuffix(strings.TrimRight(text, " "), ":") || strings.HasPrefix(text, ">") {
		return 0
	}
	for k, tries := 1, 0; k < len(text) && tries < 4; k++ {
		if text[k-1] != ' ' || text[k] < 'A' {
			continue
		}
		n := strings.IndexByte(text[k:], ' ')
		if n < 0 {
			break
		}
		if first, _ := utf8.DecodeRuneInString(text[k:]); !unicode.IsUpper(first) {
			continue
		}
		if intro, _ := lookup(languages.words, text[k:k+n]); intro&introWord == 0 {
			continue
		}
		tries++
		if s := look(text[k:]); s.hasDate() && s.signs&(timeSign|bracketSign) != 0 && attributes(s) == attribution {
			if above := look(text[:k]); above.has(letterSign) && !above.has(introSign|daySign) {
				return k
			}
		}
	}
	return 0
}

// isReplyAbove tells whether the line is one that desks put above their mails: "Reply above this line".
func isReplyAbove(line string) bool {
	if len(line) < 12 || len(line) > 120 {
		return false
	}
	line = strings.Trim(line, "-–—_*=~#<>[](). ─")
	if languages.above.begin(line) {
		return true
	}
	_, after, _ := strings.Cut(line, ", ") // "Por favor, responda acima desta linha"
	return languages.above.begin(after)
}

// between tells whether the line is a few words between drawn lines: "------ Original ------".
func between(line string) bool {
	if len(line) < 12 || len(line) > 140 || line[0] != '-' || line[len(line)-1] != '-' {
		return false
	}
	bare := strings.TrimLeft(line, "-")
	dashes := len(line) - len(bare)
	words := strings.TrimRight(bare, "-")
	return dashes >= 4 && len(bare)-len(words) >= 4 && words != "" && len(strings.Fields(words)) <= 4
}

// attributionAt reads up to four lines from i as one that says who wrote what follows. It wants evidence: a date, an
// address, "wrote" in some language; two of these, and the shape.
func (r *reader) attributionAt(i int) (lead, int) {
	s := r.sight(i)
	if s.signs&(daySign|addressSign|wroteSign|yearSign|introSign) == 0 && !r.torn(i) || s.words > 40 {
		return noLead, i
	}
	likely, likelyEnd := noLead, i
	for j, lines := i, 1; ; {
		switch attributes(s) {
		case attribution:
			if j > i && r.laterLead(i, j) {
				return noLead, i
			}
			if j+1 < len(r.lines) && strings.Trim(r.lines[j+1].clean, ":： ") == "" && r.lines[j+1].clean != "" {
				j++ // a colon torn off
			}
			return attribution, j + 1
		case likelyLead:
			if likely == noLead && (j == i || !r.laterLead(i, j)) {
				likely, likelyEnd = likelyLead, j+1
			}
		}
		k := j + 1
		if k < len(r.lines) && r.lines[k].clean == "" && k+1 < len(r.lines) && strings.HasPrefix(r.lines[k+1].clean, "<") {
			k++ // an address torn off by a blank line
		}
		if lines++; lines > 5 || k >= len(r.lines) || r.lines[k].clean == "" || ends(r.lines[j].clean) {
			break
		}
		if r.lines[k].Quote > 0 && !(r.lines[k].From == mime.FromMarks && s.has(addressSign) && s.after == 0) {
			break
		}
		if s = s.and(r.sight(k)); s.words > 48 {
			break
		}
		j = k
	}
	return likely, likelyEnd
}

// torn tells whether the line is a name in a paragraph of its own whose address begins the next line.
func (r *reader) torn(i int) bool {
	if i+1 >= len(r.lines) || len(r.lines[i].clean) > 60 || !r.begins(i) && (i > 0 || r.sight(i).words < 2 || !capitalised(r.lines[i].clean)) {
		return false
	}
	return strings.HasSuffix(r.lines[i].clean, "<") || strings.HasPrefix(r.lines[i+1].clean, "<") && r.sight(i+1).has(addressSign) && r.sight(i+1).reach == 0
}

// begins tells whether the line begins a paragraph that is not the first.
func (r *reader) begins(i int) bool { return i > 0 && r.lines[i-1].clean == "" }

// laterLead tells whether the attribution that ends at line last begins below line i, which is the person's own then.
func (r *reader) laterLead(i, last int) bool {
	first := r.sight(i)
	named := first.has(bracketSign) && first.reach <= 6 &&
		((i == 0 || r.begins(i)) && (first.after <= 3 || first.hasDate()) || first.has(addressEnd))
	torn := r.torn(i)
	switch dated := first.signs&(yearSign|dateSign|timeSign) != 0; {
	case named || torn || first.has(wroteSign) && first.verb <= 2 && r.begins(i):
	case first.has(introSign) && dated, first.hasDate() && first.before <= 3, first.has(wroteSign | bracketSign):
	case !dated || first.before > 1:
		return true
	}
	k := i + 1
	if torn {
		k++
	}
	for ; k <= last; k++ {
		s := r.sight(k)
		for j := k; j < last; j++ {
			s = s.and(r.sight(j + 1))
		}
		if s.hasDate() && (s.has(addressSign) || !named && !torn) && attributes(s) == attribution {
			return true
		}
	}
	return false
}

// ends tells whether a line ends a sentence, so that what follows is another.
func ends(line string) bool {
	if line == "" {
		return true
	}
	switch line[len(line)-1] {
	case '!', '?':
		return true
	case '.':
		if strings.HasSuffix(line, "..") {
			return true
		}
		word := line[strings.LastIndexByte(line, ' ')+1:]
		return len(word) > 4 && strings.Count(word, ".") == 1
	}
	return false
}

// attributes judges what is seen on one or more lines.
func attributes(s sight) lead {
	var (
		date   = s.hasDate()
		ended  = s.signs&(colonEnd|wroteEnd) != 0
		wrote  = s.has(wroteSign)
		starts = s.has(introSign) && s.before <= 6 || s.before <= 3
	)
	switch {
	case s.has(dashesSign) && wrote && s.words <= 30 && (s.has(wroteEnd) || date):
		return attribution
	case date && s.has(bracketSign) && ended && starts && s.words <= 36 && (wrote || s.after <= 2):
		return attribution
	case date && s.has(bracketSign|addressEnd) && wrote && starts && s.words <= 30:
		return attribution
	case wrote && s.has(bracketSign) && ended && s.words <= 20 && s.after <= 4:
		return attribution
	case wrote && date && s.has(bracketSign) && ended && (s.reach <= 6 && s.words <= 26 || s.has(timeSign) && s.reach <= 10 && s.words <= 30):
		return attribution
	case wrote && s.has(addressSign|colonEnd) && s.reach == 0 && s.words <= 4:
		return attribution // "anna@crew.example wrote:"
	case wrote && date && s.has(colonEnd) && s.verb > 0 && s.verb <= 9 && s.before-s.verb <= 2 && s.before >= s.verb && s.words <= 20 && !s.has(selfSign) && (s.verb <= 5 || s.has(timeSign)):
		return attribution // "Anna Bell schrieb am 3.3.2026:"
	case wrote && s.has(introSign|daySign|timeSign|addressSign) && ended && s.before <= 3 && s.words <= 20 && !s.has(selfSign):
		return attribution // a year of two digits beside a month's name
	case wrote && date && s.has(timeSign|wroteEnd) && s.before <= 8 && s.words <= s.before+7 && !s.has(selfSign):
		return attribution // "Anna Bell je 3. 3. 2026 ob 16:00 napisala:"
	case date && s.has(addressSign|zoneSign|timeSign|colonEnd) && starts && s.words <= 18:
		return attribution // "* Anna <anna@crew.example> [2026-03-03 16:00:12 +0000]:"
	case date && s.has(introSign|bracketSign|timeSign|colonEnd) && s.reach <= 6 && s.words <= 24:
		return attribution // "Missatge de Anna <anna@crew.example> del dia dt., 3 de març 2026 a les 16:00:"
	case date && s.has(addressSign|timeSign|colonEnd|deviceSign) && s.after == 0 && s.words <= 24:
		return attribution // "Sent from Mail.ru for Android Tuesday, 3 March 2026, 16:00 +03:00 from anna@crew.example:"
	case date && s.has(addressSign|timeSign|colonEnd) && s.before <= 1 && s.words <= 9 && s.after == 0:
		return attribution // "Mar 3, 2026, 16:00 by anna@crew.example:"
	case wrote && date && ended && starts && s.words <= 26 && !s.has(selfSign):
		return attribution
	case s.has(dateSign|timeSign|zoneSign) && s.signs&(gmtSign|addressSign) != 0 && s.before == 0 && s.words <= 16 && s.signs&(colonEnd|addressEnd) != 0,
		s.has(dateSign|timeSign|gmtSign) && s.before == 0 && s.words <= 13:
		return attribution
	case wrote && ended && s.words <= 16,
		wrote && s.has(timeSign|colonEnd) && date && s.verb <= 2 && s.words <= 22,
		wrote && s.has(timeSign) && date && s.verb == 1 && s.words <= 16,
		s.has(bracketSign|colonEnd) && s.words <= 16,
		date && s.has(addressSign|addressEnd) && starts && s.words <= 16,
		date && s.has(colonEnd) && starts && s.words <= 16:
		return likelyLead
	}
	return noLead
}
