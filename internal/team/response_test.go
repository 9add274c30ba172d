package team

import (
	"testing"
	"time"
)

func TestATimeToAnswerInIsRead(t *testing.T) {
	for text, want := range map[string]Response{
		"24h": "1d", "4h": "4h", "4 hours": "4h", "8 working hours": "8h", "1d": "1d", "2 days": "2d", "3 Working Days": "3d", "48h": "2d", " 1 hour ": "1h",
		"": "", "soon": "", "0h": "", "0d": "", "41h": "", "21d": "", "2w": "", "-1h": "", "1.5h": "", "240h": "10d",
	} {
		got, err := ParseResponse(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestAnAnswerIsDueAsTheTeamHasAgreed(t *testing.T) {
	for _, c := range []struct {
		agreed      Response
		asked, want string // in New York; its clocks go forward on Sunday 8 March 2026 and back on Sunday 1 November
	}{
		{"", "Mon 2026-03-02 10:00", "Tue 2026-03-03 10:00"},
		{"1d", "Fri 2026-03-06 10:00", "Mon 2026-03-09 10:00"},
		{"2d", "Thu 2026-03-05 10:00", "Mon 2026-03-09 10:00"},
		{"2d", "Fri 2026-03-06 20:00", "Wed 2026-03-11 09:00"},
		{"4h", "Mon 2026-03-02 10:00", "Mon 2026-03-02 14:00"},
		{"4h", "Mon 2026-03-02 15:30", "Tue 2026-03-03 11:30"},
		{"4h", "Fri 2026-03-06 15:30", "Mon 2026-03-09 11:30"},
		{"4h", "Sat 2026-03-07 02:00", "Mon 2026-03-09 13:00"},
		{"8h", "Mon 2026-03-02 09:00", "Mon 2026-03-02 17:00"},
		{"9h", "Mon 2026-03-02 03:00", "Tue 2026-03-03 10:00"},
		{"40h", "Fri 2026-10-30 16:00", "Fri 2026-11-06 16:00"},
	} {
		p := Person{Member: Member{Rule: Rule{Zone: "America/New_York"}}}
		loc, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		asked, err := time.ParseInLocation("Mon 2006-01-02 15:04", c.asked, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.AnswerBy(Team{Response: c.agreed}, asked).In(loc).Format("Mon 2006-01-02 15:04"); got != c.want {
			t.Errorf("%q, asked %s: due %s, want %s", c.agreed, c.asked, got, c.want)
		}
	}
}
