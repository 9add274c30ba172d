package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"daybreak/internal/team"
)

// zones are forty in which people live, some of them with half hours and quarters.
var zones = []string{
	"Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Phoenix",
	"America/Denver", "America/Chicago", "America/Mexico_City", "America/New_York", "America/Bogota", "America/Lima", "America/Halifax",
	"America/Caracas", "America/St_Johns", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Atlantic/Azores", "UTC",
	"Europe/London", "Europe/Lisbon", "Africa/Lagos", "Europe/Paris", "Europe/Berlin", "Africa/Cairo", "Europe/Helsinki", "Africa/Nairobi",
	"Europe/Istanbul", "Asia/Tehran", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok",
	"Asia/Singapore", "Asia/Tokyo", "Australia/Adelaide", "Australia/Sydney",
}

const dueSlots = 100

// metropolis makes teams of ten in forty zones, everyone planned for later, one in twenty on leave, and among all of them a hundred
// people of a hundred teams for whom a digest or a prompt is due, with something to read.
func metropolis(b *testing.B, members int) *Store {
	s := open(b)
	first := rosterTeam("team-0")
	for j := range 10 {
		first.Members = append(first.Members, member(fmt.Sprint("Member ", j), zones[j], fmt.Sprintf("m%d@example.com", j)))
	}
	apply(b, s, first)
	// The others are copies of the first team, in rows rather than through a roster of so many.
	must(b, s.write(b.Context(), "making a metropolis", func(ctx context.Context, tx *sql.Conn) error {
		put := func(query string) func(args ...any) {
			stmt, err := tx.PrepareContext(ctx, query)
			must(b, err)
			b.Cleanup(func() { stmt.Close() })
			return func(args ...any) {
				if _, err := stmt.ExecContext(ctx, args...); err != nil {
					b.Fatal(err)
				}
			}
		}
		putTeam := put(`INSERT INTO team (id, slug, name, zone, days, hours_start, hours_end, seq, made_at)
			SELECT ?1, ?2, ?2, zone, days, hours_start, hours_end, 0, made_at FROM team WHERE id = 1`)
		putCheckIn := put(`INSERT INTO checkin (id, team_id, name, questions, reminder, position)
			SELECT ?1, ?1, name, questions, reminder, position FROM checkin WHERE id = 1`)
		putMember := put(`INSERT INTO member (id, name, zone, days, hours_start, hours_end, paused, planned, revision, made_at)
			SELECT ?1, ?2, ?3, days, hours_start, hours_end, 0, 0, 1, made_at FROM member WHERE id = 1`)
		putAddress := put(`INSERT INTO address (addr, member_id, position) VALUES (?2, ?1, 0)`)
		putMembership := put(`INSERT INTO membership (team_id, member_id, lead, read_seq, joined_at)
			SELECT ?1, ?2, 0, 0, joined_at FROM membership WHERE id = 1`)
		putSlots := put(`INSERT INTO slot (member_id, kind, checkin_id, day, due_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`)
		putAway := put(`INSERT INTO away (member_id, from_day, through_day, source, made_at) VALUES (?1, ?2, ?3, 'admin', 0)`)
		for id := 1; id <= members; id++ {
			in := (id-1)/10 + 1
			if id > 10 {
				if id%10 == 1 {
					putTeam(in, fmt.Sprint("team-", in-1))
					putCheckIn(in)
				}
				putMember(id, fmt.Sprint("Member ", id), zones[id%len(zones)])
				putAddress(id, fmt.Sprintf("m%d@example.com", id-1))
				putMembership(in, id)
			}
			later := ms(start.Add(time.Duration(id%1440+1) * time.Minute))
			putSlots(id, "prompt", in, day(monday), later, later+1)
			putSlots(id, "digest", 0, day(monday), later, later+1)
			if id%20 == 2 { // now, or in summer
				putAway(id, day(monday.Add(id%3*50)), day(monday.Add(id%3*50+14)))
			}
		}
		return exec(ctx, tx, `UPDATE member SET planned = 1`)
	}))
	var mails []team.Mail
	for i := range dueSlots {
		in := i * (members / 10 / dueSlots) * 10 // the first of a team is due, the third has written
		author, ok, err := s.Person(b.Context(), int64(in+3))
		must(b, err)
		if !ok {
			b.Fatalf("there is no member %d", in+3)
		}
		mails = append(mails, update(author, uint32(i+1), "one thing", "another thing"))
		slot := team.Slot{Kind: team.DigestSlot, Day: monday, At: start, Until: start.Add(8 * time.Hour)}
		if i%2 == 1 {
			slot.Kind, slot.CheckInID = team.PromptSlot, author.Teams[0].Team.CheckIns[0].ID
		}
		must(b, s.Plan(b.Context(), int64(in+1), []team.Slot{slot}))
	}
	must(b, s.Accept(b.Context(), cursor(uint32(len(mails))), mails, start))
	return s
}

// BenchmarkDueAmong finds the same hundred due slots among more and more members. DAYBREAK_BENCH_N=1000000 adds a million.
func BenchmarkDueAmong(b *testing.B) {
	sizes := []int{1_000, 10_000, 100_000}
	if n, err := strconv.Atoi(os.Getenv("DAYBREAK_BENCH_N")); err == nil && n >= sizes[0] {
		sizes = append(sizes, n)
	}
	for _, members := range sizes {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			s := metropolis(b, members)
			for b.Loop() {
				none, err := s.Unplanned(b.Context(), dueSlots)
				must(b, err)
				turns, err := s.Due(b.Context(), start, dueSlots+1)
				must(b, err)
				_, ok, err := s.NextSlot(b.Context())
				must(b, err)
				if len(none) != 0 || len(turns) != dueSlots || !ok {
					b.Fatalf("%d unplanned, %d turns", len(none), len(turns))
				}
				for _, t := range turns {
					if t.Slot.Kind == team.DigestSlot && (len(t.Reading) != 1 || len(t.Reading[0].Entries) != 1) {
						b.Fatalf("member %d reads %v", t.Person.ID, t.Reading)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*dueSlots), "ns/slot")
			b.ReportMetric(0, "ns/op")
		})
	}
}
