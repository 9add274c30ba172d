package mailin_test

import (
	"fmt"
	"strings"
	"testing"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
	"daybreak/mailin/proof"
)

var junk = team.Cursor{Account: own + "/Junk", Validity: 7}

// takeJunk lets a mail arrive in the folder for junk and gives what became of it.
func (o *office) takeJunk(raw []byte) team.Mail {
	o.t.Helper()
	c := junk
	c.LastUID = o.uid
	must(o.t, o.receiver.Receive(o.t.Context(), c, []mailin.Raw{{UID: o.uid, Bytes: raw, Size: int64(len(raw)), Junk: true}}))
	return o.last
}

func TestWhatLiesInJunkCountsOnlyWithProof(t *testing.T) {
	const here = "mx.example.com"
	auto := "Auto-Submitted: auto-replied\n"
	bare := func(m mail) func(*office) []byte {
		return func(o *office) []byte {
			if m.to == "" {
				m.to = platform
			}
			if m.subject == "" {
				m.subject = "lunch"
			}
			return o.raw(m)
		}
	}
	for _, c := range []struct {
		says string
		mail func(*office) []byte
		want team.Outcome
	}{
		{"a reply", func(o *office) []byte { return o.raw(mail{}) }, team.Stored},
		{"a reply that nobody vouches for", func(o *office) []byte { return o.raw(mail{extra: spfNone}) }, team.Stored},
		{"a reply that our server calls forged", func(o *office) []byte { return o.raw(mail{extra: dmarcBad}) }, team.Held},
		{"an order in a reply", func(o *office) []byte { return o.raw(mail{extra: spfPass, body: "pause"}) }, team.Command},
		{"a reply from elsewhere", func(o *office) []byte { return o.raw(mail{from: "aiko@elsewhere.example"}) }, team.Held},
		{"a mail of its own with proof", bare(mail{extra: spfPass}), team.Stored},
		{"a mail of its own without", bare(mail{}), team.Junk},
		{"a mail of its own that our server calls forged", bare(mail{extra: dmarcBad}), team.Junk},
		{"an order of its own without", bare(mail{body: "pause"}), team.Junk},
		{"a reply to the latest prompt, without proof", bare(mail{subject: "Re: Platform: what happened today, Aiko?"}), team.Junk},
		{"a reply address that we did not make", func(o *office) []byte {
			good := o.prompt(o.aiko, monday)
			return o.raw(mail{to: token.Address(own, strings.Map(func(r rune) rune { return 'a' + (r-'a'+1)%26 }, good[:1])+good[1:])})
		}, team.Junk},
		{"an expired reply address", func(o *office) []byte {
			return o.raw(mail{to: token.Address(own, o.sign(token.Token{Kind: token.Prompt, Member: o.aiko.ID, ID: 1, Day: monday.Add(-91), Expires: monday.Add(-1)}))})
		}, team.Junk},
		{"a stranger", bare(mail{from: "eve@example.org", extra: spfPass}), team.Junk},
		{"two authors", bare(mail{from: "aiko@example.com, eve@example.org", extra: spfPass}), team.Junk},
		{"a newsletter", bare(mail{from: "eve@example.org", extra: "List-Unsubscribe: <mailto:x@example.org>\nPrecedence: bulk\n"}), team.Junk},
		{"our own address", bare(mail{from: own}), team.Junk},
		{"our own probe", bare(mail{from: own, extra: mailin.ProbeHeader + ": 1\n"}), team.Probe},
		{"an absence note with proof", bare(mail{extra: spfPass + auto, subject: "Auto: x", body: "I am away until 13 March."}), team.AutoReply},
		{"an absence note that answers our mail", func(o *office) []byte {
			return o.raw(mail{extra: auto, subject: "Auto: x", body: "I am away until 13 March."})
		}, team.AutoReply},
		{"an absence note without either", bare(mail{extra: auto, subject: "Auto: x", body: "I am away until 13 March."}), team.Junk},
		{"a bounce of our mail", func(o *office) []byte {
			return o.report(own, "aiko@example.com", "5.1.1", "Message-ID: <"+token.MessageID(own, o.prompt(o.aiko, monday))+">\n")
		}, team.Bounce},
		{"a bounce of something else", func(o *office) []byte {
			return o.report(own, "aiko@example.com", "5.1.1", "Message-ID: <x@y.example>\n")
		}, team.Junk},
		{"bytes that are no mail", func(o *office) []byte { o.uid++; return []byte("\x00\xff\xfe") }, team.Junk},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			o.checks(here, team.SendersWarn)
			got := o.takeJunk(c.mail(o))
			if got.Outcome != c.want {
				t.Fatalf("%s: %s; want %s", got.Outcome, got.Reason, c.want)
			}
			raw, err := o.store.RawMail(t.Context(), 1)
			must(t, err)
			if isJunk := c.want == team.Junk; isJunk && (o.owed() != "" || raw != nil || got.MemberID != 0) || !isJunk && raw == nil {
				t.Errorf("%s, owed is %q, %d bytes are kept, member %d", got.Outcome, o.owed(), len(raw), got.MemberID)
			}
		})
	}
}

func TestATeamThatWantsNoProofWantsItInJunk(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", team.SendersOff)
	if got := o.takeJunk(o.raw(mail{to: platform, subject: "lunch"})); got.Outcome != team.Junk {
		t.Errorf("%s: %s", got.Outcome, got.Reason)
	}
	o.receiver.Proof = nil
	if got := o.takeJunk(o.raw(mail{to: platform, subject: "lunch"})); got.Outcome != team.Junk {
		t.Errorf("%s: %s", got.Outcome, got.Reason)
	}
}

func TestAMailThatIsMovedOutOfJunkCountsOnce(t *testing.T) {
	for _, proven := range []bool{true, false} {
		t.Run(fmt.Sprint("proven ", proven), func(t *testing.T) {
			o := newOffice(t)
			o.receiver.Proof = &proof.Checker{Own: own, AuthservID: "mx.example.com"}
			want := []team.Outcome{team.Stored, team.Duplicate, team.Duplicate}
			m := mail{}
			if !proven { // somebody says that it is no junk
				o.receiver.Proof = nil
				m = mail{to: platform, subject: "lunch"}
				want = []team.Outcome{team.Junk, team.Stored, team.Duplicate}
			}
			raw := o.raw(m)
			got := []team.Outcome{o.takeJunk(raw).Outcome, o.take(raw).Outcome}
			c := junk // and back, under another number
			c.LastUID = 90
			must(t, o.receiver.Receive(t.Context(), c, []mailin.Raw{{UID: 90, Bytes: raw, Size: int64(len(raw)), Junk: true}}))
			got = append(got, o.last.Outcome)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("outcomes %v, want %v", got, want)
			}
			if n := o.updates(); n != 1 {
				t.Errorf("%d updates", n)
			}
		})
	}
}

func TestAFloodOfForgedJunkCostsTheMemberNothing(t *testing.T) {
	o := newOffice(t)
	o.checks("mx.example.com", team.SendersWarn)
	var flood []mailin.Raw
	for range 200 {
		raw := o.raw(mail{to: platform, subject: "cheap watches"})
		flood = append(flood, mailin.Raw{UID: o.uid, Bytes: raw, Size: int64(len(raw)), Junk: true})
	}
	answer := o.raw(mail{})
	flood = append(flood, mailin.Raw{UID: o.uid, Bytes: answer, Size: int64(len(answer)), Junk: true})
	c := junk
	c.LastUID = o.uid
	must(t, o.receiver.Receive(t.Context(), c, flood))
	status, err := o.store.Status(t.Context(), o.now, 0)
	must(t, err)
	if status.Outcomes[team.Junk] != 200 || status.Outcomes[team.Stored] != 1 || len(status.Held) != 0 || o.owed() != "" {
		t.Errorf("%v, %d held, owed %q", status.Outcomes, len(status.Held), o.owed())
	}
}
