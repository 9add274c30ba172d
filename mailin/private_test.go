package mailin_test

import (
	"strings"
	"testing"

	"daybreak/internal/team"
	"daybreak/internal/token"
)

// alone are the words that members are owed alone: "to Mia from Aiko: words".
func (o *office) alone() string {
	o.t.Helper()
	owed, err := o.store.Notices(o.t.Context(), o.now, 10)
	must(o.t, err)
	var list []string
	for _, n := range owed {
		if n.Kind == team.PrivateNotice {
			list = append(list, strings.Fields(n.Person.Name)[0]+" from "+strings.Fields(n.About.Name)[0]+": "+n.Words)
		}
	}
	return strings.Join(list, " | ")
}

func TestWordsForOneAlone(t *testing.T) {
	for _, c := range []struct {
		says    string
		body    string
		outcome team.Outcome
		alone   string // who is owed which words
		rest    string // comments
		holds   string // of the day, for the team
		doubt   string
	}{
		{"to the author of the marked item", "a1 private: Not like that.", team.Command, "Mia from Aiko: Not like that.", "", "", ""},
		{"to the only author", "private: Not like that.\n\nAnd not today.", team.Command, "Mia from Aiko: Not like that.\n\nAnd not today.", "", "", ""},
		{"to whom it names", "private @mia: Not like that.", team.Command, "Mia from Aiko: Not like that.", "", "", ""},
		{"beside an answer", "a1 thanks!\n\na2 private: but not like that", team.Stored, "Mia from Aiko: but not like that", "comment thanks!", "", ""},
		{"an order in it is none", "private: pause", team.Command, "Mia from Aiko: pause", "", "", ""},
		{"to nobody there", "private @rui: hm", team.Command, "", "", "", `nobody else in your teams is called "rui"`},
		{"about no item there", "a9 private: hm", team.Command, "", "", "", "shows no item a9"},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			m := o.take(o.raw(mail{to: o.tell(digestText, "a1", "a2"), body: c.body}))
			if m.Outcome != c.outcome || o.alone() != c.alone || commentsOf(m) != c.rest || m.Update != nil || m.Answer.Kind != team.AnswerPrivate || !strings.Contains(m.Answer.Doubt.Why, c.doubt) {
				t.Errorf("it is %s (%s): alone %q, comments %q, %+v", m.Outcome, m.Reason, o.alone(), commentsOf(m), m.Answer)
			}
			if p, _, err := o.store.Person(t.Context(), o.aiko.ID); err != nil || p.Paused {
				t.Errorf("an order for somebody else was carried out: %v", err)
			}
			if raw, err := o.store.RawMail(t.Context(), 2); err != nil || raw != nil {
				t.Errorf("its bytes are kept: %q %v", raw, err)
			}
			if strings.Contains(m.Reason, "like that") || strings.Contains(o.holds(), "like that") || strings.Contains(o.threads(), "like that") {
				t.Errorf("what is private is told: %q, %q, %q", m.Reason, o.holds(), o.threads())
			}
		})
	}
}

func TestWordsForOneAloneFromElsewhere(t *testing.T) {
	o := newOffice(t)
	m := o.take(o.raw(mail{body: "Moved the jobs.\n\nprivate @mia: hm"})) // below a prompt
	if m.Outcome != team.Stored || o.alone() != "Mia from Aiko: hm" || strings.Contains(o.holds(), "hm") {
		t.Errorf("below a prompt it is %s (%s): alone %q, the team reads %q", m.Outcome, m.Reason, o.alone(), o.holds())
	}

	o = newOffice(t)
	to := o.tell(digestText, "a1")
	m = o.take(o.raw(mail{to: to, from: "eve@example.org", body: "private: hm"}))
	if m.Outcome != team.Held || o.alone() != "" {
		t.Errorf("from a stranger it is %s (%s): alone %q", m.Outcome, m.Reason, o.alone())
	}

	o = newOffice(t)
	o.take(o.raw(mail{to: o.tell(digestText, "a1"), body: "private: Not like that."}))
	owed, err := o.store.Notices(t.Context(), o.now, 10)
	must(t, err)
	tok := o.sign(token.Token{Kind: token.Notice, Member: owed[0].Person.ID, ID: owed[0].ID, Day: monday, Expires: monday.Add(90)})
	must(t, o.store.CommitNotice(t.Context(), owed[0].ID, team.Outgoing{Dedupe: "notice", Kind: team.NoticeMail, MemberID: owed[0].Person.ID, To: "mia@example.com",
		MessageID: token.MessageID(own, tok), Raw: []byte("\r\n")}, o.now))
	m = o.take(o.raw(mail{from: "mia@example.com", to: own, extra: "In-Reply-To: <" + token.MessageID(own, tok) + ">\n", body: "Then how?"}))
	if m.Outcome != team.Command || o.alone() != "Aiko from Mia: Then how?" || m.Update != nil {
		t.Errorf("an answer to From is %s (%s): alone %q", m.Outcome, m.Reason, o.alone())
	}
}
