package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"daybreak/internal/team"
	"daybreak/internal/zone"
)

// columns are those that a table of members may have, as keys of a team file, with the other words for them.
var columns = map[string]string{
	"address": "addresses", "addresses": "addresses", "email": "addresses", "e-mail": "addresses", "mail": "addresses", "email address": "addresses",
	"name": "name", "full name": "name", "lead": "lead", "is lead": "lead",
	"zone": "zone", "tz": "zone", "timezone": "zone", "time zone": "zone",
	"hours": "working_hours", "working hours": "working_hours", "days": "working_days", "working days": "working_days",
	"prompt": "prompt", "digest": "digest", "digests": "digests", "rollup": "rollup", "receipts": "receipts", "comments": "comments", "holidays": "holidays",
}

const headerExample = "let the first line name the columns, such as: address,name,zone,lead,hours"

// ParseMembers reads a table of the members of a team, with columns parted by commas, semicolons or tabs that its first line names. Name
// serves for messages. The error is Errors if there are mistakes in it: then none of it holds.
func ParseMembers(data []byte, name string, in team.Team) ([]team.RosterMember, error) {
	doc := &document{file: name, lines: lines{}}
	wrong := func(line int, hint, format string, args ...any) {
		doc.problems = append(doc.problems, Problem{File: name, Line: line, Text: fmt.Sprintf(format, args...), Hint: hint})
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		wrong(1, `save it as "CSV UTF-8"`, "it is not written in UTF-8")
		return nil, doc.err()
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator(data), -1, true
	var keys []string
	var all []team.RosterMember
	reader, own := &rosterReader{slugs: map[string]int{}, people: map[string]*described{}}, map[string]int{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var at *csv.ParseError
			line := 0
			if errors.As(err, &at) {
				line, err = at.StartLine, at.Err
			}
			wrong(line, `a value with quotes in it is written "Mia ""Mi"" Rossi"`, "%v", err)
			break
		}
		line, _ := r.FieldPos(0)
		switch {
		case blank(row):
			continue
		case keys == nil:
			if keys = header(row, line, wrong); len(doc.problems) > 0 {
				return nil, doc.err()
			}
			continue
		case len(row) > len(keys) && !blank(row[len(keys):]):
			wrong(line, "put a value that holds the separator in quotes", "there are %d values for %d columns", len(row), len(keys))
			continue
		}
		path := elementPath("row", len(doc.lines))
		doc.lines[path] = line
		t := &table{doc: doc, path: path, name: "this line", values: map[string]any{}}
		for i, value := range row[:min(len(row), len(keys))] {
			if value = strings.TrimSpace(value); value != "" {
				fill(t, keys[i], value)
			}
		}
		if !t.has("name") { // its address makes one
			t.values["name"] = nameOf(t)
		}
		m := reader.readMember(t, in, own)
		t.close()
		all = append(all, m)
	}
	if len(all) == 0 && len(doc.problems) == 0 {
		wrong(1, headerExample+", and each line below them a person", "it names nobody")
	}
	return all, doc.err()
}

// separator is what parts the columns in the first line that is not blank.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(value string) bool { return strings.TrimSpace(value) != "" })
}

// header gives the key of each column.
func header(row []string, line int, wrong func(line int, hint, format string, args ...any)) []string {
	keys := make([]string, len(row))
	for i, word := range row {
		word = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(word, "_", " ")), " "))
		keys[i] = columns[word]
		switch {
		case strings.Contains(word, "@"):
			wrong(line, headerExample, "the first line names no columns")
			return keys
		case word == "":
		case keys[i] == "":
			wrong(line, didYouMean("", []string{"address", "name", "zone", "lead", "hours", "days", "prompt", "digest", "digests", "rollup", "receipts", "comments", "holidays"}), "unknown column %q", word)
		case slices.Index(keys, keys[i]) < i:
			wrong(line, "leave one of them out", "there are two columns for %s", word)
		}
	}
	if !slices.Contains(keys, "addresses") {
		wrong(line, headerExample, "there is no column with the addresses")
	}
	return keys
}

// fill puts a value as a team file would have it.
func fill(t *table, key, value string) {
	switch key {
	case "":
	case "addresses":
		var list []any
		for _, a := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(" ,;\n", c) }) {
			list = append(list, a)
		}
		t.values[key] = list
	case "lead":
		switch strings.ToLower(value) {
		case "yes", "y", "true", "1", "x", "lead":
			t.values[key] = true
		case "no", "n", "false", "0", "-":
			t.values[key] = false
		default:
			t.wrong(key, "write yes or no", "lead is %q", value)
		}
	case "zone": // a city does for it
		if wrong, _ := zone.Check(value); wrong != "" {
			if zones, sure := zone.Find(value); sure {
				value = zones[0]
			}
		}
		t.values[key] = value
	default:
		t.values[key] = value
	}
}

// nameOf makes a name of the first address of a line.
func nameOf(t *table) string {
	list, _ := t.values["addresses"].([]any)
	if len(list) == 0 {
		return "?"
	}
	return team.NameFrom(list[0].(string))
}
