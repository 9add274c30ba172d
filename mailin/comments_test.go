package mailin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// digestText is the text part of a digest with the items that tell has stored.
const digestText = `Platform · Monday 9 March · 1 update

MIA ROSSI
  done   Moved the billing jobs.                                    [a1]
  next   Load test with Friday's peak.                              [a2]
`

// tell stores what Mia says on Monday, and sends Aiko a digest that shows it with these marks. It gives the address that replies go to.
func (o *office) tell(text string, marks ...string) (replyTo string) {
	o.t.Helper()
	ctx := o.t.Context()
	mia, _, err := o.store.PersonByAddress(ctx, "mia@example.com")
	must(o.t, err)
	o.ask(mia, monday)
	o.take(o.raw(mail{from: "Mia Rossi <mia@example.com>", to: token.Address(own, o.prompt(mia, monday)), subject: "Platform",
		body: "Done:\nMoved the billing jobs.\n\nNext:\nLoad test with Friday's peak."}))
	slot := team.Slot{MemberID: o.aiko.ID, Kind: team.DigestSlot, Day: monday, At: o.now.Add(-time.Minute), Until: o.now.Add(time.Hour)}
	must(o.t, o.store.Plan(ctx, o.aiko.ID, []team.Slot{slot}))
	turns, err := o.store.Due(ctx, o.now, 10)
	must(o.t, err)
	items := map[string]int64{}
	for _, r := range turns[0].Reading {
		for _, e := range r.Entries {
			for i, item := range e.Items {
				if e.MemberID == mia.ID && i < len(marks) {
					items[marks[i]] = item.ID
				}
			}
		}
	}
	if len(items) != len(marks) {
		o.t.Fatalf("the digest has the items %v, want those of %v", items, marks)
	}
	tok := o.sign(token.Token{Kind: token.Digest, Member: o.aiko.ID, Day: monday, Expires: monday.Add(90)})
	must(o.t, o.store.Commit(ctx, []team.Turned{{Turn: turns[0], Told: true, Mail: &team.Outgoing{
		Dedupe: "digest:" + tok, Kind: team.DigestMail, MemberID: o.aiko.ID, From: own, To: "aiko@example.com", MessageID: token.MessageID(own, tok),
		Subject: "Platform · Mon 9 Mar · 1 update", Text: text, Marks: items, Raw: []byte("\r\n"), ExpiresAt: o.now.Add(time.Hour),
	}}}, o.now))
	return token.Address(own, tok)
}

// commentsOf are those that a mail is read as.
func commentsOf(m team.Mail) string {
	var list []string
	for _, c := range m.Comments {
		list = append(list, fmt.Sprintf("%s %s", c.Kind, c.Text))
	}
	return strings.Join(list, " | ")
}

// gmailReaction is a mail as Gmail sends it for an emoji that was tapped.
func gmailReaction(o *office, to, emoji string) []byte {
	raw := string(o.raw(mail{to: to, subject: "Re: Platform · Mon 9 Mar · 1 update", body: strings.Join([]string{
		"--b", "Content-Type: text/plain; charset=utf-8", "", emoji, "", "Aiko Tanaka reacted via Gmail",
		"--b", "Content-Type: text/vnd.google.email-reaction+json; charset=utf-8", "", `{"emoji":"` + emoji + `","version":1}`,
		"--b", "Content-Type: text/html; charset=utf-8", "", "<p>" + emoji + "</p><p>Aiko Tanaka reacted via Gmail</p>", "--b--",
	}, "\n")}))
	return []byte(strings.Replace(raw, "text/plain; charset=utf-8", "multipart/alternative; boundary=b", 1))
}

func TestAReactionByAButtonIsForTheOnlyPersonsItemOrForNothing(t *testing.T) {
	asked := func(o *office, want int) {
		t.Helper()
		answers, err := o.store.Answers(t.Context(), o.now, 10)
		must(t, err)
		if len(answers) != want {
			t.Errorf("%d answers are owed, want %d: %+v", len(answers), want, answers)
		}
	}
	for _, c := range []struct {
		says    string
		raw     func(o *office) []byte
		outcome team.Outcome
		reason  string
		says1   string
	}{
		{"Gmail's, to a digest with items of one person", func(o *office) []byte { return gmailReaction(o, o.tell(digestText, "a1", "a2"), "👍") },
			team.Stored, "it is a reaction to the digest of 2026-03-09", "reaction 👍"},
		{"Gmail's, to a digest with items of several", func(o *office) []byte { return gmailReaction(o, o.tell(digestText, "a1", "b1"), "👍") },
			team.Empty, "which has items of several people", ""},
		{"Gmail's, to a prompt", func(o *office) []byte { return gmailReaction(o, "", "👍") }, team.Empty, "it reacts with 👍 to the prompt of 2026-03-09", ""},
		{"Gmail's, to nothing of ours", func(o *office) []byte { return gmailReaction(o, own, "👍") }, team.Empty, "a mail that is not known", ""},
		{"Gmail's, of no emoji", func(o *office) []byte { return gmailReaction(o, o.tell(digestText, "a1"), "yes") }, team.Empty, `but with "yes"`, ""},
		{"RFC 9078's", func(o *office) []byte {
			return []byte(strings.Replace(string(o.raw(mail{to: o.tell(digestText, "a1"), body: "🎉"})), "charset=utf-8", "charset=utf-8\r\nContent-Disposition: reaction", 1))
		}, team.Stored, "it is a reaction", "reaction 🎉"},
		{"Outlook's", func(o *office) []byte {
			return o.raw(mail{to: o.tell(digestText, "a1"), body: "👍\n\nAiko Tanaka reacted to your message:\n________________________________\nFrom: Platform <updates@example.com>\n" +
				"Sent: Monday, March 9, 2026 9:00 AM\nTo: Aiko Tanaka <aiko@example.com>\nSubject: Platform · Mon 9 Mar · 1 update\n\n" + digestText})
		}, team.Stored, "it is a reaction", "reaction 👍"},
		{"Apple's", func(o *office) []byte {
			return o.raw(mail{to: o.tell(digestText, "a1"), body: "Liked “Moved the billing jobs.”"})
		},
			team.Stored, "it is a reaction", "reaction 👍"},
		{"an emoji that somebody typed is asked about", func(o *office) []byte { return o.raw(mail{to: o.tell(digestText, "a1", "b1"), body: "👍"}) },
			team.Command, "items of several people", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			m := o.take(c.raw(o))
			if m.Outcome != c.outcome || !strings.Contains(m.Reason, c.reason) || commentsOf(m) != c.says1 || m.Update != nil {
				t.Errorf("it is %s (%s) with %q, update %v; want %s (…%s…) with %q", m.Outcome, m.Reason, commentsOf(m), m.Update, c.outcome, c.reason, c.says1)
			}
			if m.Outcome == team.Command {
				asked(o, 1)
			} else {
				asked(o, 0)
			}
		})
	}
}

func TestAReplyToCommentsIsAboutTheirItem(t *testing.T) {
	o := newOffice(t)
	to := o.tell(digestText, "a1")
	o.take(o.raw(mail{to: to, body: "comments at once"}))
	o.take(o.raw(mail{to: to, body: "a1 why?"}))
	mia, _, err := o.store.PersonByAddress(t.Context(), "mia@example.com")
	must(t, err)
	item := o.last.Comments[0].ItemID
	must(t, o.store.Accept(t.Context(), team.Cursor{Account: own, Validity: 1, LastUID: o.uid + 1}, []team.Mail{{UID: o.uid + 1, Outcome: team.Stored, MemberID: mia.ID,
		ReceivedAt: o.now, Comments: []team.NewComment{{ItemID: item, Kind: team.Remark, Text: "It was slow."}}}}, o.now))
	o.uid++
	o.now = o.now.Add(10 * time.Minute)
	owed, err := o.store.Notices(t.Context(), o.now, 10)
	must(t, err)
	if len(owed) != 1 || owed[0].Kind != team.CommentsNotice || owed[0].Person.ID != o.aiko.ID {
		t.Fatalf("owed is %+v, want Mia's answer to Aiko", owed)
	}
	tok := o.sign(token.Token{Kind: token.Notice, Member: o.aiko.ID, ID: owed[0].ID, Day: monday, Expires: monday.Add(90)})
	must(t, o.store.CommitNotice(t.Context(), owed[0].ID, team.Outgoing{Dedupe: "notice", Kind: team.NoticeMail, MemberID: o.aiko.ID, To: "aiko@example.com",
		MessageID: token.MessageID(own, tok), Marks: map[string]int64{"a1": item}, Tells: []int64{2}, Raw: []byte("\r\n")}, o.now))
	for body, want := range map[string]string{
		"Then leave it.\n\nOr not.": "comment Then leave it.\n\nOr not.", "a1 thanks": "comment thanks", "👍": "reaction 👍", "Done: all of it": "comment Done: all of it",
	} {
		m := o.take(o.raw(mail{to: token.Address(own, tok), body: body}))
		if m.Outcome != team.Stored || commentsOf(m) != want || m.Update != nil || m.Comments[0].ItemID != item {
			t.Errorf("%q is %s (%s) with %q, want %q on the item", body, m.Outcome, m.Reason, commentsOf(m), want)
		}
	}
	if m := o.take(o.raw(mail{to: token.Address(own, tok), body: "comments daily"})); m.Outcome != team.Command || m.Set == nil {
		t.Errorf("an order below it is %s (%s)", m.Outcome, m.Reason)
	}
}
