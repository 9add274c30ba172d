package config

import (
	"strconv"
	"strings"
)

// lines tells on which line each value of a TOML document stands, by its path. The TOML library gives positions for
// syntax errors only.
type lines map[string]int

// The path of a value: the keys that lead to it, and for elements of lists their index.
func keyPath(path, key string) string       { return path + "\x1f" + key }
func elementPath(path string, i int) string { return path + "\x1e" + strconv.Itoa(i) }

// of gives the line of the value at the path, or of what encloses it.
func (l lines) of(path string) int {
	for {
		if n, ok := l[path]; ok {
			return n
		}
		i := strings.LastIndexAny(path, "\x1e\x1f")
		if i < 0 {
			return 1
		}
		path = path[:i]
	}
}

// findLines reads a document that is known to be valid TOML. With one that is not it ends as well, with less found.
func findLines(text string) lines {
	s := &lineScanner{text: text, line: 1, found: lines{}, elements: map[string]int{}}
	table := ""
	for {
		s.blank()
		if s.done() {
			return s.found
		}
		if s.peek() != '[' {
			s.pair(table)
			continue
		}
		isArray := s.take("[[")
		if !isArray {
			s.pos++
		}
		line := s.line
		keys := s.keys()
		table = ""
		for i, key := range keys {
			table = keyPath(table, key)
			if n := s.elements[table]; i < len(keys)-1 && n > 0 {
				table = elementPath(table, n-1)
			}
		}
		if isArray {
			n := s.elements[table]
			s.elements[table] = n + 1
			s.note(table, line)
			table = elementPath(table, n)
		}
		s.note(table, line)
		for !s.done() && s.peek() == ']' {
			s.pos++
		}
	}
}

type lineScanner struct {
	text     string
	pos      int
	line     int
	found    lines
	elements map[string]int // of an array of tables: how many there are so far
}

func (s *lineScanner) done() bool { return s.pos >= len(s.text) }
func (s *lineScanner) peek() byte { return s.text[s.pos] }

func (s *lineScanner) note(path string, line int) {
	if _, ok := s.found[path]; !ok {
		s.found[path] = line
	}
}

// take moves past the given text if it stands here.
func (s *lineScanner) take(text string) bool {
	s.pos = min(s.pos, len(s.text)) // an escape may have stood at the very end
	if !strings.HasPrefix(s.text[s.pos:], text) {
		return false
	}
	s.pos += len(text)
	s.line += strings.Count(text, "\n")
	return true
}

// until moves to the next of the given bytes.
func (s *lineScanner) until(stop string) string {
	from := s.pos
	for !s.done() && strings.IndexByte(stop, s.peek()) < 0 {
		if s.peek() == '\n' {
			s.line++
		}
		s.pos++
	}
	return s.text[from:s.pos]
}

// blank moves past space, line ends and comments.
func (s *lineScanner) blank() {
	for !s.done() {
		switch s.peek() {
		case '\n':
			s.line++
			s.pos++
		case ' ', '\t', '\r':
			s.pos++
		case '#':
			s.until("\n")
		default:
			return
		}
	}
}

// keys reads a dotted key up to "=" or "]".
func (s *lineScanner) keys() []string {
	var keys []string
	for {
		s.blank()
		if s.done() {
			return keys
		}
		switch c := s.peek(); c {
		case '"', '\'':
			keys = append(keys, s.quoted(c))
		default:
			keys = append(keys, strings.TrimRight(s.until(".=] \t\r\n"), " \t"))
		}
		s.blank()
		if !s.take(".") {
			return keys
		}
	}
}

// pair reads "key = value".
func (s *lineScanner) pair(table string) {
	from, path := s.pos, table
	for _, key := range s.keys() {
		path = keyPath(path, key)
		s.note(path, s.line)
	}
	s.blank()
	if !s.take("=") {
		s.until("\n")
	} else {
		s.value(path)
	}
	if s.pos == from {
		s.pos++ // not TOML: never stand still
	}
}

func (s *lineScanner) value(path string) {
	s.blank()
	if s.done() {
		return
	}
	s.found[path] = s.line
	switch c := s.peek(); c {
	case '"', '\'':
		s.quoted(c)
	case '[':
		s.pos++
		for i := 0; ; i++ {
			s.blank()
			if s.done() || s.take("]") {
				return
			}
			from := s.pos
			s.value(elementPath(path, i))
			s.blank()
			if !s.take(",") && s.pos == from {
				s.pos++
			}
		}
	case '{':
		s.pos++
		for {
			s.blank()
			if s.done() || s.take("}") {
				return
			}
			s.pair(path)
			s.blank()
			s.take(",")
		}
	default:
		s.until(",]}#\n")
	}
}

// quoted reads a string of any of the four sorts and gives its text.
func (s *lineScanner) quoted(quote byte) string {
	from, three := s.pos, strings.Repeat(string(quote), 3)
	if s.take(three) {
		for !s.done() && !s.take(three) {
			if s.peek() == '\\' && quote == '"' {
				s.pos++
			}
			if !s.done() && s.peek() == '\n' {
				s.line++
			}
			s.pos++
		}
		for !s.done() && s.peek() == quote { // up to two quotes may stand before the closing three
			s.pos++
		}
		return ""
	}
	s.pos++
	for !s.done() && s.peek() != quote && s.peek() != '\n' {
		if s.peek() == '\\' && quote == '"' {
			s.pos++
		}
		s.pos++
	}
	if s.pos >= len(s.text) {
		s.pos = len(s.text)
		return ""
	}
	s.pos++
	text := s.text[from:s.pos]
	if quote == '"' {
		if plain, err := strconv.Unquote(text); err == nil {
			return plain
		}
	}
	return text[1 : len(text)-1]
}
