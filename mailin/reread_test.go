package mailin_test

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/mailin"
)

// reread reads all kept mails anew, changes what differs if it is to, and gives what was seen: a line for each mail that differs.
func (o *office) reread(apply bool) string {
	o.t.Helper()
	ctx := o.t.Context()
	mails, err := o.store.Earlier(ctx, time.Time{}, 0, 1000)
	must(o.t, err)
	var list []team.Reread
	var seen []string
	for _, m := range mails {
		raw, err := o.store.RawMail(ctx, m.ID)
		must(o.t, err)
		r, differs, err := o.receiver.Reader.Reread(ctx, m, raw)
		must(o.t, err)
		if !differs {
			continue
		}
		list = append(list, r)
		line := string(m.Mail.Outcome) + " → " + string(r.Now.Outcome) + " " + strings.Join(mailin.Difference(r), " ")
		if r.Kept != "" {
			line += " (" + r.Kept + ")"
		}
		seen = append(seen, line)
	}
	if apply {
		_, err = o.store.Reread(ctx, list, o.now)
		must(o.t, err)
	}
	return strings.Join(seen, "\n")
}

// asBefore stores a mail as an older daybreak did, which understood something else.
func (o *office) asBefore(m mail, outcome team.Outcome, words ...string) {
	o.t.Helper()
	raw := o.raw(m)
	c := team.Cursor{Account: own, Validity: 1, LastUID: o.uid}
	v, err := o.receiver.Reader.Read(o.t.Context(), mailin.Raw{UID: o.uid, Bytes: raw, Size: int64(len(raw))}, c, o.now)
	must(o.t, err)
	was := v.Mail
	was.Outcome, was.Reason, was.Update, was.Answer, was.Pause, was.Confirm = outcome, "as it was read before", nil, nil, nil, nil
	if outcome == team.Stored {
		checkIn := o.aiko.Teams[0].Team.CheckIns[0]
		was.Update = &team.NewUpdate{MemberID: o.aiko.ID, TeamID: checkIn.TeamID, CheckInID: checkIn.ID, Day: monday}
		for _, w := range words {
			was.Update.Items = append(was.Update.Items, team.NewItem{Kind: team.Note, Question: -1, Text: w})
		}
	}
	must(o.t, o.store.Accept(o.t.Context(), c, []team.Mail{was}, o.now))
}

func TestWhatIsReadAsBeforeIsNoDifference(t *testing.T) {
	o := newOffice(t)
	for _, m := range []mail{
		{}, {body: "correction: Moved only some of them."}, {body: "> - What got done?\n"}, {body: vague}, {body: "help"},
		{extra: "Auto-Submitted: auto-replied\n", body: "I am away."}, {from: "eve@example.org"}, {to: own, body: "On my own account."},
		{to: own, body: "Said without the address, in an answer."}, {from: "Mia Rossi <mia@example.com>", body: "It is not mine."},
	} {
		o.take(o.raw(m))
		o.now = o.now.Add(time.Minute)
	}
	_, replyTo := o.receiptFor(team.AnswerUnsure)
	o.take(o.raw(mail{to: replyTo, body: "Moved the billing jobs, really."}))
	if seen := o.reread(false); seen != "" {
		t.Errorf("the same program reads differently:\n%s", seen)
	}
}

func TestRereadingChangesWhatWasMisread(t *testing.T) {
	o := newOffice(t)
	quoted := "Moved the billing jobs.\n\nOn Mon, Mar 9, 2026 at 4:00 PM Platform <updates@example.com> wrote:\n> - What got done?\n"
	o.asBefore(mail{body: quoted}, team.Stored, "Moved the billing jobs.", "On Mon, Mar 9, 2026 at 4:00 PM Platform wrote:")
	o.asBefore(mail{body: "Wrote the runbook."}, team.Empty)
	o.asBefore(mail{extra: "Auto-Submitted: auto-replied\n", body: "I am away until Friday."}, team.Stored, "I am away until Friday.")
	o.asBefore(mail{body: "pause"}, team.Stored, "pause")
	o.asBefore(mail{from: "eve@example.org", body: "Let me in."}, team.Stored, "Let me in.")

	if got, want := o.holds(), "Moved the billing jobs. | On Mon, Mar 9, 2026 at 4:00 PM Platform wrote: | I am away until Friday. | pause | Let me in."; got != want {
		t.Fatalf("before, the team reads %q", got)
	}
	want := `stored → stored - note: On Mon, Mar 9, 2026 at 4:00 PM Platform wrote:
empty → stored + note: Wrote the runbook.
stored → auto-reply - note: I am away until Friday.
stored → command - note: pause (an order is not carried out so much later)
stored → held - note: Let me in. (its sender is not known any more)`
	if got := o.reread(false); got != want {
		t.Errorf("it differs by\n%s\nwant\n%s", got, want)
	}
	if got := o.holds(); !strings.Contains(got, "I am away") {
		t.Error("looking has changed something")
	}
	o.reread(true)
	if got, want := o.holds(), "Moved the billing jobs. | pause | Let me in. | Wrote the runbook."; got != want {
		t.Errorf("after, the team reads %q, want %q", got, want)
	}
	if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused {
		t.Errorf("an old order was carried out: %+v %v", p, err)
	}
	if got, want := strings.Count(o.reread(true), "→"), 2; got != want {
		t.Errorf("a second time %d mails differ, want the %d that stay", got, want)
	}
}

func TestRereadingTurnsACorrectionBothWays(t *testing.T) {
	o := newOffice(t)
	o.take(o.raw(mail{body: "Moved the billing jobs."}))
	o.now = o.now.Add(time.Minute)
	o.asBefore(mail{body: "correction: Moved only some of them."}, team.Stored, "correction: Moved only some of them.")
	if got := o.holds(); !strings.Contains(got, "Moved the billing jobs.") {
		t.Fatalf("before, the team reads %q", got)
	}
	o.reread(true)
	if got := o.holds(); got != "Moved only some of them." {
		t.Errorf("after, the team reads %q", got)
	}

	o = newOffice(t)
	o.take(o.raw(mail{body: "Moved the billing jobs."}))
	o.now = o.now.Add(time.Minute)
	raw := o.raw(mail{body: "Corrections to the crane page."})
	c := team.Cursor{Account: own, Validity: 1, LastUID: o.uid}
	v, err := o.receiver.Reader.Read(t.Context(), mailin.Raw{UID: o.uid, Bytes: raw, Size: int64(len(raw))}, c, o.now)
	must(t, err)
	v.Mail.Update.Replace = true
	must(t, o.store.Accept(t.Context(), c, []team.Mail{v.Mail}, o.now))
	if got := o.holds(); got != "Corrections to the crane page." {
		t.Fatalf("before, the team reads %q", got)
	}
	o.reread(true)
	if got := o.holds(); got != "Moved the billing jobs. | Corrections to the crane page." {
		t.Errorf("after, the team reads %q", got)
	}
}

func TestRereadingChangesWhatWasAnsweredToItems(t *testing.T) {
	o := newOffice(t)
	to := o.tell(digestText, "a1", "a2")
	o.take(o.raw(mail{to: to, body: "a1 thanks!\n\na2 👍\n\na2 👍"}))
	o.take(o.raw(mail{to: to, body: "a2 👍\n\nI am in on Friday."}))
	if seen := o.reread(false); seen != "" {
		t.Errorf("the same program reads differently:\n%s", seen)
	}
	asWas := func(body string, was func(m *team.Mail)) {
		t.Helper()
		raw := o.raw(mail{to: to, body: body})
		c := team.Cursor{Account: own, Validity: 1, LastUID: o.uid}
		v, err := o.receiver.Reader.Read(t.Context(), mailin.Raw{UID: o.uid, Bytes: raw, Size: int64(len(raw))}, c, o.now)
		must(t, err)
		was(&v.Mail)
		must(t, o.store.Accept(t.Context(), c, []team.Mail{v.Mail}, o.now))
	}
	asWas("a1 good\n\na2 why so?", func(m *team.Mail) { m.Comments[0].Text, m.Comments[1].ItemID = "godo", m.Comments[0].ItemID })
	asWas("a1 once", func(m *team.Mail) { m.Comments = append(m.Comments, m.Comments[0]) })
	asWas("a2 twice\n\na1 of them", func(m *team.Mail) { m.Comments = m.Comments[:1] })
	before := o.threads()
	o.reread(true)
	if seen := o.reread(false); seen != "" {
		t.Errorf("after all was changed it still differs:\n%s", seen)
	}
	if want := "Moved the billing jobs.: thanks!, godo, why so?, once, once / Load test with Friday's peak.: 👍, twice"; before != want {
		t.Errorf("before, Mia reads %q, want %q", before, want)
	}
	if got, want := o.threads(), "Moved the billing jobs.: thanks!, good, once, of them / Load test with Friday's peak.: 👍, why so?, twice"; got != want {
		t.Errorf("after, Mia reads %q, want %q", got, want)
	}
}

// threads are what Mia's next digest tells of answers to her items.
func (o *office) threads() string {
	o.t.Helper()
	mia, _, err := o.store.PersonByAddress(o.t.Context(), "mia@example.com")
	must(o.t, err)
	must(o.t, o.store.Plan(o.t.Context(), mia.ID, []team.Slot{{Kind: team.DigestSlot, Day: monday, At: o.now.Add(-time.Minute), Until: o.now.Add(time.Hour)}}))
	turns, err := o.store.Due(o.t.Context(), o.now, 10)
	must(o.t, err)
	var list []string
	for _, turn := range turns {
		for _, r := range turn.Reading {
			for _, t := range r.Threads {
				var said []string
				for _, c := range t.Comments {
					said = append(said, c.Text)
				}
				list = append(list, t.Text+": "+strings.Join(said, ", "))
			}
		}
	}
	return strings.Join(list, " / ")
}
