package reply

import (
	"strings"

	"daybreak/internal/team"
)

// Prose and bare marks: what is typed in one block without headings or numbers.

// prose makes items of what is given to no question. A paragraph whose first words say what it is goes to the question that asks for it.
func (z *itemizer) prose(lines []string) {
	before := len(z.items)
	z.add(lines, team.Note, -1)
	if len(z.kinds) < 2 {
		return
	}
	known := 0
	for i := range z.items[before:] {
		item := &z.items[before+i]
		if item.Kind != team.Note {
			known++
			continue
		}
		kind := cueOf(item.Text)
		if q := z.questionFor(kind); kind != "" && (q >= 0 || kind == team.Thanks || kind == team.Decision) {
			item.Kind, item.Question = kind, q
			z.step("%q: its first words say that it is of the kind %s", gist(item.Text), kind)
		}
	}
	if known < len(z.items)-before || known == 0 {
		z.step("the text is given to no question")
		z.unsure += 0.1
	}
}

// gist is the beginning of a text, for the steps.
func gist(text string) string {
	if len(text) <= 40 {
		return text
	}
	return strings.ToValidUTF8(text[:40], "") + "…"
}

// cueOf tells what a text is by its first words, "" if they do not say.
func cueOf(text string) team.Kind {
	lower := strings.ToLower(text[:min(len(text), 60)])
	lower = strings.TrimLeft(strings.ToValidUTF8(lower, ""), " \t\"'“„«([*_")
	for _, kind := range []team.Kind{team.Blocker, team.Thanks, team.Decision, team.Plan, team.Done} {
		if beginning(lexicon.openings[kind], lower) > 0 {
			return kind
		}
	}
	return ""
}

// order gives paragraphs to the questions one by one if there are as many, none says that it is something else than what its question asks
// for, and all but one say that they are it. It tells whether it did.
func (z *itemizer) order(lines []string) bool {
	if len(z.kinds) < 2 {
		return false
	}
	paragraphs, blank := 0, true
	for _, l := range lines {
		s := strings.TrimSpace(l)
		if s != "" && blank {
			paragraphs++
		}
		if blank = s == ""; bulletOf(s) > 0 || paragraphs > len(z.kinds)+2 {
			return false
		}
	}
	all := entries(lines)
	if len(all) > 0 && greets(all[0]) {
		all = all[1:]
	}
	if n := len(all); n == len(z.kinds)+1 && says(all[n-1], languages.thanks) {
		all = all[:n-1]
	}
	if len(all) != len(z.kinds) {
		return false
	}
	fitting := 0
	for i, e := range all {
		if bulletOf(e) > 0 || strings.Contains(e, "```") {
			return false
		}
		switch kind := cueOf(e); {
		case kind == z.kinds[i] || kind == "" && z.kinds[i] == team.Blocker && says(e, languages.nothing):
			fitting++
		case kind != "":
			return false
		}
	}
	if fitting < len(z.kinds)-1 || fitting == 0 {
		return false
	}
	for i, e := range all {
		z.add([]string{e}, z.kinds[i], i)
	}
	return true
}

// marks parts a list whose lines begin with different marks: "+" for what is done, "!" for what is in the way, "?" for an ask, and with
// both of the first two "-" and "*" for what is planned. It tells whether there is such a list.
func (z *itemizer) marks(lines []string) bool {
	var seen [128]int
	different := 0
	var code fence
	for _, l := range lines {
		if m := markAt(l); !code.after(l) && m != 0 {
			if seen[m]++; seen[m] == 1 {
				different++
			}
		}
	}
	alone := different == 1 && seen['!'] > 0 // nothing else looks like that
	if !alone && (different < 2 || seen['+']+seen['!'] == 0) {
		return false
	}
	system := seen['+'] > 0 && seen['!'] > 0
	begin, kind := 0, team.Note
	flush := func(end int) {
		q := z.questionFor(kind)
		z.add(lines[begin:end], kind, q)
		begin = end
	}
	code = false
	for i, l := range lines {
		m := markAt(l)
		if code.after(l) || m == 0 {
			if strings.TrimSpace(l) == "" && kind != team.Note { // what comes after it is not of the list
				flush(i)
				kind = team.Note
			}
			continue
		}
		flush(i)
		switch {
		case m == '+':
			kind = team.Done
		case m == '!':
			kind = team.Blocker
		case m == '?':
			kind = team.Ask
		case system:
			kind = team.Plan
		default:
			kind = team.Note
		}
		lines[i] = "- " + strings.TrimLeft(l, " \t\u00a0")[2:]
	}
	flush(len(lines))
	if seen['-']+seen['*'] > 0 {
		z.unsure += 0.1
	}
	return true
}

// markAt is the mark that a line which is not indented begins with, 0 for none.
func markAt(line string) byte {
	if indentOf(line) > 1 {
		return 0
	}
	line = strings.TrimLeft(line, " ")
	if len(line) < 3 || line[1] != ' ' || strings.IndexByte("+-*!?", line[0]) < 0 {
		return 0
	}
	return line[0]
}
