package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"daybreak/internal/spell"
)

// document is a TOML file while it is read. It collects every mistake instead of ending at the first, which is why the
// file is decoded into plain maps and walked here rather than into structs: there the library stops at the first wrong type.
type document struct {
	file     string
	lines    lines
	problems Errors
}

// open checks the syntax and gives the table at the top of the file, nil if the syntax is wrong.
func (d *document) open(data []byte) *table {
	text := strings.TrimPrefix(string(data), "\ufeff")
	values := map[string]any{}
	if _, err := toml.Decode(text, &values); err != nil {
		d.problems = append(d.problems, syntaxProblem(d.file, text, err))
		return nil
	}
	d.lines = findLines(text)
	return &table{doc: d, values: values}
}

func (d *document) err() error {
	if len(d.problems) == 0 {
		return nil
	}
	return d.problems.sorted()
}

var secretKey = regexp.MustCompile(`(?i)^\s*[\w."' -]*(pass|secret|token)[^=]*=`)

// syntaxProblem shows the line and a caret under the place, unless a secret could stand there.
func syntaxProblem(file, text string, err error) Problem {
	var e toml.ParseError
	if !errors.As(err, &e) {
		return Problem{File: file, Text: err.Error()}
	}
	// The library's line is the next one where a line end is what is wrong; the offset is right.
	start := min(max(e.Position.Start, 0), len(text))
	begin := strings.LastIndexByte(text[:start], '\n') + 1
	line, _, _ := strings.Cut(text[begin:], "\n")
	line = strings.TrimRight(line, "\r")
	p := Problem{File: file, Line: strings.Count(text[:begin], "\n") + 1, Text: strings.TrimSuffix(e.Message, "\n")}
	if key := secretKey.FindString(line); key != "" {
		p.Text = fmt.Sprintf("the value of %s is not valid TOML", strings.Trim(key, " \t="))
		p.Hint = `a string is written in quotes: key = "value"`
		return p
	}
	space := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:min(start-begin, len(line))])
	line = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(line, "·"))
	if strings.Contains(p.Text, "'imap'") {
		p.Hint = "for several accounts write [[imap]] before each of them, the first too"
	}
	p.Text = fmt.Sprintf("%s\n%6d | %s\n       | %s^", p.Text, p.Line, line, space)
	return p
}

// table is one table of a document. Reading a key makes it known; what is left at close is an unknown key.
type table struct {
	doc    *document
	path   string
	name   string // "[imap]", "" for the top of the file
	values map[string]any
	known  []string
	never  []string // keys that are known and may not be used
	absent []absentKey
}

// absentKey is a key that should be there.
type absentKey struct {
	keys    []string // any of which would do
	problem Problem
}

// others are words that people write for a key of ours.
var otherWords = map[string]string{
	"host": "url", "server": "url", "uri": "url", "username": "user", "login": "user", "mailbox": "folder",
	"path": "url", "file": "url", "dsn": "url", "addr": "listen", "bind": "listen", "rate": "pace", "from": "address",
	"timezone": "zone", "time_zone": "zone", "tz": "zone", "email": "addresses", "emails": "addresses", "mail": "addresses",
	"teams": "team", "members": "member", "people": "member", "checkins": "checkin", "check_in": "checkin",
	"days": "working_days", "region": "holidays", "regions": "holidays", "ics": "calendar", "hours": "working_hours", "id": "slug", "manager": "lead", "admin": "lead",
}

// has tells whether the key is there, of whatever type.
func (t *table) has(key string) bool {
	t.know(key)
	_, ok := t.values[key]
	return ok
}

func (t *table) know(key string) {
	if !slices.Contains(t.known, key) {
		t.known = append(t.known, key)
	}
}

// line of a key's value, or of the table if the key is not there.
func (t *table) line(key string) int { return t.doc.lines.of(keyPath(t.path, key)) }

// wrong notes a mistake at a key.
func (t *table) wrong(key, hint, format string, args ...any) {
	t.wrongAt(t.line(key), hint, format, args...)
}

func (t *table) wrongAt(line int, hint, format string, args ...any) {
	t.doc.problems = append(t.doc.problems, Problem{File: t.doc.file, Line: line, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// notLonger notes a text of more than so many characters; it gives whether it is short enough.
func (t *table) notLonger(line int, what, text string, most int) bool {
	n := utf8.RuneCountInString(text)
	if n > most {
		t.wrongAt(line, fmt.Sprintf("shorten it to %d or fewer", most), "%s has %d characters", what, n)
	}
	return n <= most
}

// forbid notes a key that may not be used, if it is there.
func (t *table) forbid(key, hint, format string, args ...any) bool {
	t.never = append(t.never, key)
	_, ok := t.values[key]
	if ok {
		t.wrong(key, hint, format, args...)
	}
	return ok
}

// missing notes that one of some keys, separated by spaces, should be there. It is a mistake unless close finds one of
// them misspelt. Line 0 is the file.
func (t *table) missing(line int, keys, hint, format string, args ...any) {
	t.absent = append(t.absent, absentKey{strings.Fields(keys), Problem{File: t.doc.file, Line: line, Text: fmt.Sprintf(format, args...), Hint: hint}})
}

// wrongType notes that a value is not what the key takes.
func (t *table) wrongType(key string, value any, want, example string) {
	t.wrong(key, fmt.Sprintf("write it as %s = %s", key, example), "%s must be %s, not %s", key, want, typeName(value))
}

func typeName(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case time.Time:
		return "a time without quotes"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	}
	return "this"
}

// text reads a string. It is trimmed; an empty one is a mistake. The second result is false if there is none to use.
func (t *table) text(key, example string) (string, bool) {
	if !t.has(key) {
		return "", false
	}
	s, ok := t.values[key].(string)
	if !ok {
		t.wrongType(key, t.values[key], "a string", quote(example))
		return "", false
	}
	return t.checkText(key, t.line(key), s, example)
}

func (t *table) checkText(key string, line int, s, example string) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		t.wrongAt(line, fmt.Sprintf("such as %s = %s", key, quote(example)), "%s is empty", key)
		return "", false
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }); i >= 0 {
		t.wrongAt(line, "write it on one line", "%s holds a line break or a control character", key)
		return "", false
	}
	return s, true
}

// texts reads a list of strings; elements that are wrong are left out. The lines of the elements are returned as well.
func (t *table) texts(key, example string) (texts []string, at []int, ok bool) {
	if !t.has(key) {
		return nil, nil, false
	}
	list, ok := t.values[key].([]any)
	if !ok {
		t.wrongType(key, t.values[key], "a list of strings", "["+quote(example)+"]")
		return nil, nil, false
	}
	for i, element := range list {
		line := t.doc.lines.of(elementPath(keyPath(t.path, key), i))
		s, isText := element.(string)
		if !isText {
			t.wrongAt(line, fmt.Sprintf("write it as %s = [%s]", key, quote(example)), "%s must be a list of strings, not with %s in it", key, typeName(element))
			continue
		}
		if s, isText = t.checkText(key, line, s, example); isText {
			texts, at = append(texts, s), append(at, line)
		}
	}
	return texts, at, true
}

// flag reads true or false.
func (t *table) flag(key string, otherwise bool) bool {
	if !t.has(key) {
		return otherwise
	}
	b, ok := t.values[key].(bool)
	if !ok {
		t.wrongType(key, t.values[key], "true or false", fmt.Sprint(!otherwise))
		return otherwise
	}
	return b
}

// table reads a table, nil if there is none.
func (t *table) table(key string) *table {
	if !t.has(key) {
		return nil
	}
	values, ok := t.values[key].(map[string]any)
	name := strings.Trim(t.name, "[]")
	if name != "" {
		name += "."
	}
	name += key
	if !ok {
		t.wrong(key, fmt.Sprintf("write [%s] on a line of its own and its keys below", name), "%s must be a table, not %s", key, typeName(t.values[key]))
		return nil
	}
	return &table{doc: t.doc, path: keyPath(t.path, key), name: "[" + name + "]", values: values}
}

// tables reads a list of tables. It tells whether the key is there.
func (t *table) tables(key string) ([]*table, bool) {
	if !t.has(key) {
		return nil, false
	}
	name := strings.Trim(t.name, "[]")
	if name != "" {
		name += "."
	}
	name = "[[" + name + key + "]]"
	var list []*table
	add := func(i int, values map[string]any) {
		list = append(list, &table{doc: t.doc, path: elementPath(keyPath(t.path, key), i), name: name, values: values})
	}
	wrong := func(line int, value any) {
		t.wrongAt(line, fmt.Sprintf("write %s on a line of its own for each", name), "%s must be a list of tables, not %s", key, typeName(value))
	}
	switch value := t.values[key].(type) {
	case []map[string]any:
		for i, values := range value {
			add(i, values)
		}
	case []any: // [] or [{…}]
		for i, element := range value {
			if values, ok := element.(map[string]any); ok {
				add(i, values)
			} else {
				wrong(t.doc.lines.of(elementPath(keyPath(t.path, key), i)), element)
			}
		}
	default:
		wrong(t.line(key), value)
	}
	return list, true
}

// close notes every key that nobody has read, and those that are missing.
func (t *table) close() {
	var meant []string
	for key := range t.values {
		if slices.Contains(t.known, key) || slices.Contains(t.never, key) {
			continue
		}
		where := t.name
		if where == "" {
			where = "the top of the file"
		}
		word := otherWords[strings.ToLower(key)]
		if !slices.Contains(t.known, word) {
			word = spell.Nearest(key, t.known)
		}
		meant = append(meant, word)
		t.wrong(key, didYouMean(word, t.known), "unknown key %q in %s", key, where)
	}
	for _, a := range t.absent {
		if !slices.ContainsFunc(a.keys, func(key string) bool { return slices.Contains(meant, key) }) {
			t.doc.problems = append(t.doc.problems, a.problem)
		}
	}
}

// quote writes a TOML string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
