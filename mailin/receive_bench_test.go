package mailin_test

import (
	"context"
	"os"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/mime"
)

// BenchmarkReader takes replies of every client to one prompt from their bytes to what they say.
func BenchmarkReader(b *testing.B) {
	prompt, err := os.ReadFile("reply/testdata/prompt.eml")
	if err != nil {
		b.Fatal(err)
	}
	asked := mime.Read(prompt)
	ines := team.Person{Member: team.Member{ID: 1, Name: "Ines Duarte", Addresses: []string{"ines@harbour.example"}, Rule: team.Rule{Zone: "Europe/Lisbon"}},
		Teams: []team.Membership{{Team: team.Team{ID: 1, Slug: "harbour", Name: "Harbour", CheckIns: []team.CheckIn{{ID: 1, TeamID: 1, Name: "daily"}}}}}}
	sent := team.Sent{Kind: team.PromptMail, MemberID: 1, TeamID: 1, CheckInID: 1, Day: team.DateOf(asked.Date),
		Questions: team.DefaultQuestions(), MessageID: asked.MessageID, Text: asked.Plain}
	reader := mailin.Reader{Address: "updates@crew.example", Directory: household{ines, sent}}
	now := asked.Date.Add(time.Hour)
	var replies [][]byte
	bytes := 0
	for _, c := range mailtest.Clients() {
		raw, err := c.Reply(prompt, mailtest.Identity{Name: ines.Name, Address: ines.Address()}, now, mailtest.Answer{
			Questions: sent.Questions, Under: []string{"Finished the tide table import, all quays, with tests.", "The crane page with Kofi.", "Nothing in the way."}})
		if err != nil {
			b.Fatal(err)
		}
		replies = append(replies, mailtest.Transit(raw, now, "updates@crew.example"))
		bytes += len(raw)
	}
	b.ReportAllocs()
	n, busy := 0, cpu()
	for b.Loop() {
		raw := replies[n%len(replies)]
		v, err := reader.Read(b.Context(), mailin.Raw{UID: 1, Bytes: raw, Size: int64(len(raw))}, team.Cursor{NewFrom: 1}, now)
		if err != nil || v.Mail.Outcome != team.Stored {
			b.Fatalf("%v, %+v", err, v.Mail)
		}
		n++
	}
	b.ReportMetric(float64((cpu()-busy).Nanoseconds())/1000/float64(n), "cpu-µs/mail")
	b.ReportMetric(float64(bytes)/float64(len(replies)), "bytes/mail")
}

// household is a directory of one person who was asked once.
type household struct {
	person team.Person
	sent   team.Sent
}

func (h household) PersonByAddress(_ context.Context, addr string) (team.Person, bool, error) {
	return h.person, addr == h.person.Address(), nil
}

func (h household) Person(_ context.Context, id int64) (team.Person, bool, error) {
	return h.person, id == h.person.ID, nil
}

func (h household) Sent(context.Context, team.MailKind, int64, int64, team.Date) (team.Sent, bool, error) {
	return h.sent, true, nil
}

func (h household) Allowing(context.Context, string) ([]team.Person, error) { return nil, nil }
func (h household) LatestPrompts(context.Context, int64) ([]team.Sent, error) {
	return []team.Sent{h.sent}, nil
}

func (h household) Teams(context.Context) ([]team.Team, error) { return nil, nil }

func (h household) Members(context.Context, int64) ([]team.Person, error) {
	return []team.Person{h.person}, nil
}

func (h household) Invited(context.Context, int64) ([]team.Person, error) { return nil, nil }

func (h household) AskedOf(context.Context, int64, []int64) ([]int64, error) { return nil, nil }
