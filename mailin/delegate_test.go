package mailin_test

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestWhoIsAllowedWritesForAMember(t *testing.T) {
	const bot = "bot@tools.example"
	allow := mail{body: "delegate " + bot}
	from := func(who, subject, body string) mail {
		return mail{from: who, to: platform, subject: subject, body: body}
	}
	note := from(bot, "notes", "for: Aiko\n\n- Moved the billing jobs\n- Wrote tests")
	for _, c := range []struct {
		says    string
		mails   []mail
		outcome team.Outcome // of the last
		owed    string
		words   string // a part of what Aiko has said then
	}{
		{"allowed", []mail{allow, note}, team.Stored, "changed understood", "Wrote tests"},
		{"by the address", []mail{allow, from(bot, "notes", "For aiko@example.com:\nMoved the jobs.")}, team.Stored, "changed understood", "Moved the jobs"},
		{"with her reply address", []mail{allow, {from: bot, subject: "notes", body: "for: Aiko\n\nMoved the jobs."}}, team.Stored, "changed understood", "Moved the jobs"},
		{"with her reply address, not allowed", []mail{{from: bot, subject: "notes", body: "for: Aiko\n\nMoved the jobs."}}, team.Held, "confirm", ""},
		{"not allowed", []mail{note}, team.Refused, "", ""},
		{"allowed by another", []mail{{from: "mia@example.com", to: own, subject: "x", body: "delegate " + bot}, note}, team.Refused, "changed", ""},
		{"no more", []mail{allow, {body: "undelegate " + bot}, note}, team.Refused, "changed changed", ""},
		{"allowed, and that undone", []mail{allow, {body: "undo"}, note}, team.Refused, "changed changed", ""},
		{"without saying for whom", []mail{allow, from(bot, "notes", "Moved the jobs.")}, team.Refused, "changed", ""},
		{"an order", []mail{allow, from(bot, "notes", "for: Aiko\n\npause")}, team.Stored, "changed understood", "pause"},
		{"taken back", []mail{allow, note, {body: "undo"}}, team.Command, "changed understood changed", ""},
		{"by a program", []mail{allow, {from: bot, to: platform, subject: "notes", extra: "Auto-Submitted: auto-generated\n", body: "for: Aiko\n\nMoved."}}, team.AutoReply, "changed", ""},
		{"by a teammate who may not", []mail{from("mia@example.com", "notes", "for: Aiko\n\nMoved the jobs.")}, team.Command, "unclear", ""},
		{"by a teammate who may", []mail{{body: "delegate mia@example.com"}, from("mia@example.com", "notes", "for: Aiko\n\nMoved the jobs.")}, team.Stored, "changed understood", "Moved the jobs"},
		{"an update that begins so", []mail{{body: "for: the release\n\nWrote notes."}}, team.Stored, "", "Wrote notes"},
		{"an address of her own", []mail{{body: "delegate aiko@home.example"}}, team.Command, "unclear", ""},
		{"our address", []mail{{body: "delegate " + own}}, team.Command, "unclear", ""},
		{"one who may not", []mail{{body: "undelegate " + bot}}, team.Command, "unclear", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			var last team.Mail
			for _, m := range c.mails {
				last = o.take(o.raw(m))
			}
			if last.Outcome != c.outcome {
				t.Errorf("%s: %s, want %s", last.Outcome, last.Reason, c.outcome)
			}
			if got := strings.TrimSpace(o.owed()); got != c.owed {
				t.Errorf("owed %q, want %q", got, c.owed)
			}
			words := ""
			if u := last.Update; u != nil {
				if u.MemberID != o.aiko.ID {
					t.Errorf("it is member %d's", u.MemberID)
				}
				for _, i := range u.Items {
					words += i.Text + "\n"
				}
			}
			if (c.words == "") != (words == "") || !strings.Contains(words, c.words) || strings.Contains(words, "for: Aiko") {
				t.Errorf("said %q, want %q", words, c.words)
			}
		})
	}
}
