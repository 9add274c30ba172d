package mailin_test

import (
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// awayOf is when the person is away, as it is stored.
func (o *office) awayOf(addr string) string {
	o.t.Helper()
	p, _, err := o.store.PersonByAddress(o.t.Context(), addr)
	must(o.t, err)
	got := ""
	for _, s := range p.Away {
		got += s.From.String() + "/" + s.Through.String() + " "
	}
	return got
}

// owed are the kinds of the answers that are owed.
func (o *office) owed() string {
	o.t.Helper()
	list, err := o.store.Answers(o.t.Context(), o.now, 10)
	must(o.t, err)
	got := ""
	for _, a := range list {
		got += string(a.Kind) + " "
	}
	return got
}

func TestOrdersAndNotesSetLeavesAndOnlyOrdersAreAnswered(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is hundreds of mails, and one goroutine")
	}
	const auto = "Auto-Submitted: auto-replied\n"
	for _, c := range []struct {
		says   string
		mails  []mail
		away   string
		answer string
	}{
		{"an order", []mail{{body: "off 16–20 March"}}, "2026-03-16/2026-03-20 ", "away "},
		{"a day", []mail{{body: "off friday"}}, "2026-03-13/2026-03-13 ", "away "},
		{"an order in the subject of a mail without words", []mail{{to: own, subject: "off until 16 March", body: " "}}, "2026-03-09/2026-03-15 ", "away "},
		{"an order above an update", []mail{{body: "Off Friday.\n\nDone: the importer"}}, "2026-03-13/2026-03-13 ", "away "},
		{"an order as the subject of an update", []mail{{to: platform, subject: "off friday", body: "Done: the importer"}}, "2026-03-13/2026-03-13 ", "away "},
		{"an order that is not clear, above an update", []mail{{body: "Off next Friday.\n\nDone: the importer"}}, "", "undated "},
		{"an order within an update", []mail{{body: "Off Friday.\nDone: the importer"}}, "", ""},
		{"back above an update of who was not away", []mail{{body: "Back\n\n- the importer"}}, "", ""},
		{"back above an update", []mail{{body: "off until 16 March"}, {body: "Back\n\n- the importer"}}, "", "away back "},
		{"an order, and back on the same day", []mail{{body: "off until 16 March"}, {body: "back"}}, "", "away back "},
		{"back from nowhere", []mail{{body: "back"}}, "", "here "},
		{"days that are not sure", []mail{{body: "off next friday"}}, "", "undated "},
		{"next week", []mail{{body: "off next week"}}, "2026-03-16/2026-03-22 ", "away "},
		{"without an end", []mail{{body: "off from 16 March"}}, "", "undated "},
		{"a note with days", []mail{{extra: auto, body: "I am out of the office until 13 March."}}, "2026-03-09/2026-03-13 ", ""},
		{"the same note twice", []mail{{extra: auto, body: "I am on leave, back on 12 March."}, {extra: auto, body: "I am on leave, back on 12 March."}}, "2026-03-09/2026-03-11 ", ""},
		{"a note from the other address", []mail{{from: "aiko@home.example", extra: auto, body: "3月13日まで不在です。"}}, "2026-03-09/2026-03-13 ", ""},
		{"a note without days", []mail{{extra: auto, body: "I am on vacation."}}, "2026-03-09/2026-03-09 ", ""},
		{"a note by its subject", []mail{{subject: "Automatic reply: Platform", body: "Ich bin bis zum 13. März nicht im Büro."}}, "2026-03-09/2026-03-13 ", ""},
		{"a note that quotes our mail", []mail{{extra: auto, body: "I am away until 13 March.\n\nOn Mon, 9 Mar 2026 at 16:00, Platform <updates@example.com> wrote:\n> Away: Sam until 20 March"}}, "2026-03-09/2026-03-13 ", ""},
		{"a note that is late", []mail{{extra: auto, body: "I am away until 13 March.", received: time.Date(2026, time.February, 9, 8, 0, 0, 0, time.UTC)}}, "2026-02-09/2026-03-13 ", ""},
		{"another machine", []mail{{extra: auto, body: "Your ticket of 13 March is open."}}, "", ""},
		{"a person's mail that wants no automatic answers", []mail{{extra: "X-Auto-Response-Suppress: All\n", body: "Done: the vacation calendar, it shows who is away until 13 March."}}, "", ""},
		{"a person's mail by a bulk sender", []mail{{extra: "Precedence: bulk\n", body: "Done: planned my vacation."}}, "", ""},
		{"a program's mail", []mail{{extra: "Auto-Submitted: auto-generated\n", body: "Mia is away until 13 March."}}, "", ""},
		{"a note of Exchange", []mail{{subject: "Automatic reply: Platform", extra: "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n", body: "I am away until 13 March."}}, "2026-03-09/2026-03-13 ", ""},
		{"a note of Dovecot", []mail{{subject: "Auto: Platform", extra: "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n", body: "I am away until 13 March."}}, "2026-03-09/2026-03-13 ", ""},
		{"a note of an older program", []mail{{extra: "X-Autoreply: yes\nPrecedence: bulk\n", body: "I am away until 13 March."}}, "2026-03-09/2026-03-13 ", ""},
		{"a note by its words alone", []mail{{subject: "Re: Platform", body: "Thank you for your e-mail. I am out of the office until 13 March."}}, "2026-03-09/2026-03-13 ", ""},
		{"a note of last summer that comes only now", []mail{{extra: "Auto-Submitted: auto-replied\nDate: Mon, 28 Jul 2025 09:00:00 +0000\n", body: "I am away until 14 August."}}, "", ""},
		{"a list", []mail{{extra: "List-Id: <x>\n", body: "I am away until 13 March."}}, "", ""},
		{"a stranger's note", []mail{{from: "eve@example.org", extra: auto, body: "I am away until 13 March."}}, "", ""},
		{"a person who tells of a leave", []mail{{body: "I am out of the office until 13 March, and the importer is done."}}, "", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			for _, m := range c.mails {
				o.take(o.raw(m))
			}
			if got := o.awayOf("aiko@example.com"); got != c.away {
				t.Errorf("away %q, want %q: %s", got, c.away, o.last.Reason)
			}
			if got := o.owed(); got != c.answer {
				t.Errorf("owed %q, want %q", got, c.answer)
			}
			if got := o.awayOf("mia@example.com"); got != "" {
				t.Errorf("Mia is away %s", got)
			}
		})
	}
}

func TestAnAnswerToALeaveTellsIt(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "off 16–20 March"}))
	list, err := o.store.Answers(t.Context(), o.now, 10)
	must(t, err)
	if want := (team.Span{From: monday.Add(7), Through: monday.Add(11)}); len(list) != 1 || list[0].Away != want {
		t.Errorf("the answers are %+v", list)
	}
}
