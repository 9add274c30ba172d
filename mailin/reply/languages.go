package reply

import (
	_ "embed"
	"strings"
	"sync"

	"daybreak/internal/team"
)

//go:embed languages.txt
var languageFile string

// languages is languages.txt, read once when the program starts and never changed.
var languages = readLanguages(languageFile)

// header says which line of a mail's head a word names.
type header uint8

const (
	fromHeader header = 1 << iota
	sentHeader
	toHeader
	subjectHeader
	otherHeader
)

// role says what single words mean in the line above a quote, or in a footer.
type role uint8

const (
	wroteWord role = 1 << iota
	selfWord
	introWord
	deviceWord
	quotingWord
)

// vocabulary holds the words that clients and people use, by what they tell.
type vocabulary struct {
	words      map[string]role
	self       map[string]uint64 // the languages in which the word says who speaks, a bit for each
	wrote      map[string]uint64 // the same for "wrote"
	wroteEnds  []string
	headers    map[string]header
	markers    map[string]bool   // true: of a forwarded message
	sentFrom   map[rune][]string // by the first letter
	sentFromMy []string
	sentWhole  map[string]bool
	fromEnds   []string // footers in languages that end with the verb
	closings   map[string]bool
	closers    map[string]bool // last words of a closing
	wishes     map[string]bool // a closing above a name only
	and, from  map[string]bool
	thanks     map[string]bool
	nothing    map[string]bool
	correction map[string]bool
	headings   map[string]team.Kind
	today      map[string]bool
	informs    map[string]bool // headings of notes
	greetings  map[string]bool
	yes, no    map[string]bool
	decides    map[string]bool

	disclaimers, scanners, banners, lists, above phrases

	devices []string // in scripts without spaces

	questions sync.Map // what teams ask, with the kind that it asks for: string → team.Kind
}

// eachPhrase goes through a file such as languages.txt.
func eachPhrase(file string, do func(role, language, phrase string)) {
	name := ""
	for _, line := range strings.Split(file, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			name = strings.Trim(line, "[]")
			continue
		}
		language, phrases, _ := strings.Cut(line, ":")
		for _, phrase := range strings.Split(phrases, ",") {
			if phrase = clean(phrase); phrase != "" {
				do(name, language, phrase)
			}
		}
	}
}

func readLanguages(file string) *vocabulary {
	roles := map[string][]string{}
	self, wrote, bits := map[string]uint64{}, map[string]uint64{}, map[string]uint64{}
	eachPhrase(file, func(role, language, phrase string) {
		if bits[language] == 0 {
			bits[language] = 1 << (len(bits) % 64) // two that share one only make a reader more careful
		}
		roles[role] = append(roles[role], phrase)
		switch role {
		case "self":
			self[phrase] |= bits[language]
		case "wrote":
			wrote[phrase] |= bits[language]
		}
	})
	v := &vocabulary{
		self: self, wrote: wrote,
		words: map[string]role{}, headers: map[string]header{}, markers: map[string]bool{},
		sentFrom: map[rune][]string{}, headings: map[string]team.Kind{},
		closings: set(roles["closing"]), thanks: set(roles["thanks-closing"]),
		and: set(roles["and"]), from: set(roles["from-place"]),
		closers: set(roles["closing-word"]), wishes: set(roles["closing-wish"]),
		nothing: set(roles["nothing"]), correction: set(roles["correction"]),
		today: set(roles["today"]), informs: set(roles["fyi"]), greetings: set(roles["greeting"]), yes: set(roles["yes"]), no: set(roles["no"]), decides: set(roles["decides"]),
		wroteEnds: roles["wrote-end"], sentFromMy: roles["sent-from-my"], sentWhole: set(roles["sent-whole"]), fromEnds: roles["sent-from-end"],
		disclaimers: phrasesOf(roles["disclaimer"]), scanners: phrasesOf(roles["scanner"]),
		banners: phrasesOf(roles["banner"]), lists: phrasesOf(roles["list-footer"]),
		above: phrasesOf(roles["reply-above"]), devices: roles["device-anywhere"],
	}
	for section, r := range map[string]role{"wrote": wroteWord, "self": selfWord, "intro": introWord, "device": deviceWord, "quoting": quotingWord} {
		for _, w := range roles[section] {
			v.words[w] |= r
		}
	}
	for section, h := range map[string]header{"from": fromHeader, "sent": sentHeader, "to": toHeader, "subject": subjectHeader, "other-header": otherHeader} {
		for _, w := range roles[section] {
			v.headers[w] |= h
		}
	}
	for _, w := range roles["original"] {
		v.markers[w] = false
	}
	for _, w := range roles["forwarded"] {
		v.markers[w] = true
	}
	for _, w := range roles["sent-from"] {
		v.sentFrom[firstRune(w)] = append(v.sentFrom[firstRune(w)], w)
	}
	// The first to claim a word keeps it: "question" in a team's own heading is an ask only if nothing else.
	for _, k := range []team.Kind{team.Done, team.Plan, team.Blocker, team.Note, team.Ask, team.Decision, team.Thanks} {
		for _, w := range roles[string(k)] {
			if _, taken := v.headings[w]; !taken {
				v.headings[w] = k
			}
		}
	}
	for w := range v.today {
		v.headings[w] = team.Done
	}
	for w := range v.informs {
		v.headings[w] = team.Note
	}
	return v
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// lookup finds a phrase without regard to case.
func lookup[V any](m map[string]V, phrase string) (V, bool) {
	var buf [128]byte
	if len(phrase) > len(buf)-8 {
		var none V
		return none, false
	}
	lower := buf[:0]
	for i := 0; i < len(phrase); i++ {
		b := phrase[i]
		if b >= 0x80 {
			v, ok := m[strings.ToLower(phrase)]
			return v, ok
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		lower = append(lower, b)
	}
	v, ok := m[string(lower)]
	return v, ok
}

// phrases are told in a text where they begin a word: by their first three bytes.
type phrases map[[3]byte][]string

func phrasesOf(list []string) phrases {
	p := phrases{}
	for _, s := range list {
		if len(s) >= 3 {
			p[[3]byte{s[0], s[1], s[2]}] = append(p[[3]byte{s[0], s[1], s[2]}], s)
		}
	}
	return p
}

// in counts how many different phrases the text has, up to enough.
func (p phrases) in(text string, enough int) int {
	var found [8]string
	n := 0
	for i := 0; i+3 <= len(text); i++ {
		if i > 0 && text[i] < 0x80 && wordByte(text[i-1]) {
			continue
		}
	next:
		for _, s := range p[[3]byte{text[i], text[i+1], text[i+2]}] {
			if !strings.HasPrefix(text[i:], s) {
				continue
			}
			for _, f := range found[:n] {
				if f == s {
					continue next
				}
			}
			found[n] = s
			if n++; n >= min(enough, len(found)) {
				return n
			}
		}
	}
	return n
}

// begin tells whether the line begins with one of the phrases.
func (p phrases) begin(line string) bool {
	if len(line) < 3 {
		return false
	}
	var first [3]byte
	for i := range first {
		if first[i] = line[i]; first[i] >= 'A' && first[i] <= 'Z' {
			first[i] += 'a' - 'A'
		}
	}
	for _, s := range p[first] {
		if len(line) >= len(s) && strings.EqualFold(line[:len(s)], s) {
			return true
		}
	}
	return false
}

func wordByte(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }
