package main

import (
	"testing"
	"time"
)

// TestHistoriesThatWentWrong lives what random histories have brought to light, and what they seldom come upon.
func TestHistoriesThatWentWrong(t *testing.T) {
	b := openBureau(t)
	everyone := []person{{teams: []int{0}}, {teams: []int{0}}}
	for _, c := range []struct {
		what string
		history
	}{
		{"asked and told at the same time, and never reminded", history{"2026-03-29 11:00", []rules{{zone: "Pacific/Auckland", prompt: "09:00"}}, everyone,
			[]step{{after: 96 * time.Hour}}}},
		{"asked after hours by a prompt that was late", history{"2026-10-29 16:50", []rules{{zone: "UTC", prompt: "16:45"}}, everyone,
			[]step{{do: "smtp", n: 1}, {after: 11 * time.Minute, do: "smtp"}, {after: time.Hour}}}},
		{"asked at the very end of the hours", history{"2026-10-29 16:50", []rules{{zone: "UTC", prompt: "16:45"}}, everyone,
			[]step{{do: "smtp", n: 1}, {after: 10 * time.Minute, do: "smtp"}, {after: time.Hour}}}},
		{"moved over the date line while the prompt waited", history{"2011-12-27 12:00",
			[]rules{{zone: "Europe/Berlin", days: "sun-sat", prompt: "02:30"}}, everyone,
			[]step{{after: 13*time.Hour + 29*time.Minute, do: "smtp", n: 2}, {after: 2 * time.Minute, do: "rule", rules: rules{zone: "Pacific/Apia"}},
				{do: "smtp"}, {after: time.Hour}}}},
		{"reminded although answered while the reminder waited", history{"2026-03-30 12:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{after: 20 * time.Hour, do: "smtp", n: 1}, {after: 2 * time.Hour, do: "say", n: 1}, {after: time.Hour, do: "smtp"}, {after: time.Hour}}}},
		{"told a day later than could be, for the server was away for a day", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 28 * time.Hour, do: "smtp"}, {after: 6 * time.Hour}}}},
		{"never told, for a leave of three weeks came after an outage", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 12 * time.Hour, do: "away", who: 1, team: 2, n: 20}, {do: "smtp"}, {after: 21 * 24 * time.Hour}}}},
		{"told what they had missed before they left the team and came back", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 12 * time.Hour, do: "leave", who: 1}, {after: time.Hour, do: "join", who: 1}, {do: "smtp"},
				{after: time.Hour, do: "say"}, {after: 15 * time.Hour}}}},
		{"told of a team that they had left while the digest waited", history{"2026-03-30 06:00", []rules{{zone: "UTC"}, {zone: "UTC"}},
			[]person{{teams: []int{0, 1}}, {teams: []int{0, 1}}},
			[]step{{do: "say", team: 1}, {do: "smtp", n: 1}, {after: 4 * time.Hour, do: "leave", who: 1, team: 1}, {do: "smtp"}, {after: time.Hour}}}},
		{"asked once a week although they had written again for an earlier day", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {after: 78 * time.Hour, do: "say", n: 3}, {after: 8 * time.Hour}}}},
		{"asked once a week although they had written for the day after", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{after: 82*time.Hour + 10*time.Minute, do: "say", n: -1}, {after: 26 * time.Hour}}}},
		{"never told what was refused, for the clock had been set back to before they joined", history{"2026-03-30 20:00", []rules{{zone: "UTC"}},
			everyone, []step{{do: "say"}, {do: "clock", n: -12 * 60 * 60}, {do: "smtp", n: 3}, {after: 90 * time.Minute, do: "smtp"}, {after: 26 * time.Hour}}}},
		{"asked hours later than could be, for the clock was set back while the prompt waited for another try", history{"2026-03-30 06:00",
			[]rules{{zone: "UTC", hours: "00:00-23:59", prompt: "09:00"}}, everyone,
			[]step{{do: "smtp", n: 2}, {after: 7 * time.Hour, do: "clock", n: -3 * 60 * 60}, {do: "smtp"}, {after: 2 * time.Hour}}}},
		{"told a day later than could be, for a digest waited that new rules did not let come", history{"2026-03-30 06:00",
			[]rules{{zone: "UTC", hours: "00:00-23:59", digest: "12:00"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1},
				{after: 14 * time.Hour, do: "rule", who: 1, rules: rules{zone: "Africa/Cairo", hours: "09:00-17:00", digest: "00:00"}},
				{after: 150 * time.Minute, do: "smtp"}, {after: 3 * time.Hour}}}},
		{"not told, for the clock was set back to before the time of a digest that waited", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 210 * time.Minute, do: "clock", n: -60 * 60}, {after: time.Minute, do: "smtp"}, {after: 3 * time.Hour}}}},
		{"reminded together with the prompt that an outage had kept", history{"2026-03-30 06:00", []rules{{zone: "UTC", prompt: "10:00", digest: "11:00"}},
			everyone, []step{{after: 210 * time.Minute, do: "smtp", n: 1}, {after: 150 * time.Minute, do: "smtp"}, {after: 26 * time.Hour}}}},
		{"told a day later than could be, for they moved over the date line while the digest waited", history{"2026-10-01 13:00",
			[]rules{{zone: "Pacific/Auckland"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1},
				{after: 8 * time.Hour, do: "rule", who: 1, rules: rules{zone: "America/New_York", days: "sun-sat", digest: "20:00"}},
				{after: time.Hour, do: "smtp"}, {after: 4 * time.Hour}}}},
		{"not reminded, for they wrote of an earlier day when the reminder was due", history{"2026-03-30 06:00",
			[]rules{{zone: "UTC", prompt: "23:50", digest: "00:00"}}, everyone, []step{{after: 90 * time.Hour, do: "say", n: 3}, {after: 26 * time.Hour}}}},
		{"a week's digest given up, for the clock was set back a little while it waited", history{"2026-03-30 06:00",
			[]rules{{zone: "UTC", digests: "weekly"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 220 * time.Minute, do: "clock", n: -20 * 60}, {after: time.Minute, do: "smtp"}, {after: 3 * time.Hour}}}},
		{"told by no digest, for the clock was set back a day while it waited for another try", history{"2026-03-30 12:00", []rules{{zone: "UTC", days: "sun-sat"}},
			everyone, []step{{after: time.Hour, do: "say"}, {do: "smtp", n: 2}, {after: 21 * time.Hour, do: "clock", n: -24 * 60 * 60}, {do: "smtp"}, {after: 2 * time.Hour}}}},
		{"not told a second time in a week that new rules began, on a day whose digest had no turn by the old ones", history{"2026-10-29 17:00",
			[]rules{{zone: "UTC", days: "sun-sat", digests: "weekly"}}, []person{{own: rules{digest: "02:30"}, teams: []int{0}}, {teams: []int{0}}},
			[]step{{after: 33*time.Hour + 30*time.Minute, do: "rule", rules: rules{days: "sat-wed"}}, {after: 24 * time.Hour, do: "say", who: 1}, {after: 24 * time.Hour}}}},
		{"told what was said before they left the team and came back while the digest waited", history{"2026-03-30 06:00", []rules{{zone: "UTC"}}, everyone,
			[]step{{do: "say"}, {do: "smtp", n: 1}, {after: 4 * time.Hour, do: "leave", who: 1}, {do: "join", who: 1}, {do: "smtp"}, {after: time.Hour}}}},
		{"not told a second time in a week, for the clock was set back into a window that was over when they joined", history{"2026-03-30 12:00",
			[]rules{{zone: "UTC", hours: "00:00-02:30", digests: "weekly", digest: "11:00"}}, everyone,
			[]step{{do: "clock", n: -60 * 60}, {after: 6 * time.Hour, do: "say"}, {after: 24 * time.Hour}}}},
		{"told a working day later than could be, for the clock was set back to a day that had been told while the digest waited", history{"2026-03-30 06:00",
			[]rules{{zone: "UTC"}}, everyone, []step{{do: "say"}, {after: 4 * time.Hour, do: "say"}, {do: "smtp", n: 1},
				{after: 23*time.Hour + 30*time.Minute, do: "clock", n: -24 * 60 * 60}, {do: "smtp"}, {after: 25 * time.Hour}}}},
		{"not told a second time in a week that began by other rules while the machine slept", history{"2026-04-02 20:00",
			[]rules{{zone: "UTC", days: "sun-thu", digests: "weekly"}}, everyone,
			[]step{{do: "sleep", n: 100 * 60 * 60}, {after: 10 * time.Hour, do: "say"}, {after: 8 * time.Hour, do: "rule", who: 1, rules: rules{days: "mon-thu"}}, {after: 23 * time.Hour}}}},
		{"told what is in a team while they were away without an end", history{"2026-04-06 06:00", []rules{{zone: "UTC"}, {zone: "UTC"}},
			[]person{{teams: []int{0}}, {teams: []int{0, 1}}},
			[]step{{do: "say", who: 1, team: 1}, {after: 4 * time.Hour, do: "away", team: 0}, {after: 10 * time.Hour, do: "join", team: 1}, {after: 26 * time.Hour, do: "back"},
				{after: 26 * time.Hour}}}},
	} {
		t.Run(c.what, func(t *testing.T) { b.live(t, func() { b.open(t) }, c.history) })
	}
}
