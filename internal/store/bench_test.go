package store

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"daybreak/internal/team"
)

// reply is a mail of about 5 KB as replies are, different for each UID.
func reply(p team.Person, uid uint32) team.Mail {
	m := update(p, uid, "Moved the billing jobs to the new queue; retries are idempotent now.", "Load test with Friday's peak.", "Nothing in the way today.")
	m.Raw = append(m.Raw, bytes.Repeat([]byte("> a line of the mail that is quoted below, as most clients do it by themselves\r\n"), 60)...)
	return m
}

func BenchmarkAccept(b *testing.B) {
	for _, batch := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			s := platform(b)
			mia := person(b, s, "mia@example.com")
			uid := uint32(0)
			mails := make([]team.Mail, batch)
			n := 0
			for b.Loop() {
				for i := range mails {
					uid++
					mails[i] = reply(mia, uid)
					mails[i].Update.Day = monday.Add(int(uid))
				}
				must(b, s.Accept(b.Context(), cursor(uid), mails, start))
				n += batch
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mails/s")
			b.ReportMetric(float64(number(b, s, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))/float64(n), "bytes/mail")
		})
	}
}

// crowd makes teams of ten with one update a member, and a digest due for everyone.
func crowd(b *testing.B, members int) *Store {
	s := open(b)
	var teams []team.RosterTeam
	for i := range members / 10 {
		t := rosterTeam(fmt.Sprint("team-", i))
		for j := range 10 {
			t.Members = append(t.Members, member(fmt.Sprint("Member ", i, " ", j), "UTC", fmt.Sprintf("m%d-%d@example.com", i, j)))
		}
		teams = append(teams, t)
	}
	apply(b, s, teams...)
	people, err := s.People(b.Context())
	must(b, err)
	var mails []team.Mail
	for i, p := range people {
		mails = append(mails, update(p, uint32(i+1), "one thing", "another thing"))
		digestSlot(b, s, p, monday)
	}
	must(b, s.Accept(b.Context(), cursor(uint32(len(mails))), mails, start))
	return s
}

func BenchmarkDue(b *testing.B) {
	for _, members := range []int{100, 1000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			s := crowd(b, members)
			for b.Loop() {
				turns, err := s.Due(b.Context(), start, members)
				must(b, err)
				if len(turns) != members || len(turns[0].Reading[0].Entries) != 10 {
					b.Fatalf("%d turns", len(turns))
				}
			}
			b.ReportMetric(float64(members)*float64(b.N)/b.Elapsed().Seconds(), "turns/s")
		})
	}
}

func BenchmarkCommit(b *testing.B) {
	s := crowd(b, 100)
	raw := bytes.Repeat([]byte("a line of a digest, which is twenty kilobytes long, as they are\r\n"), 300)
	d := monday
	uid := uint32(100)
	n := 0
	for b.Loop() {
		turns := due(b, s)
		turned := make([]team.Turned, len(turns))
		for i, turn := range turns {
			m := outgoing(team.DigestMail, turn.Person, d)
			m.Raw = raw
			next := turn.Slot
			next.Day = d.Add(1)
			turned[i] = team.Turned{Turn: turn, Mail: m, Next: []team.Slot{next}}
		}
		must(b, s.Commit(b.Context(), turned, start))
		d = d.Add(1)
		n += len(turned)
		b.StopTimer()
		uid++
		accept1(b, s, update(turns[0].Person, uid, "more"))
		b.StartTimer()
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "digests/s")
}

func BenchmarkOutbox(b *testing.B) {
	s := crowd(b, 1000)
	turns := due(b, s)
	var turned []team.Turned
	for _, turn := range turns {
		turned = append(turned, team.Turned{Turn: turn, Mail: outgoing(team.DigestMail, turn.Person, monday)})
	}
	must(b, s.Commit(b.Context(), turned, start))
	n := 0
	for b.Loop() {
		list, err := s.ClaimOutgoing(b.Context(), start.Add(time.Duration(n)*time.Microsecond), time.Hour, 1)
		must(b, err)
		if len(list) == 0 {
			b.Fatal("nothing to send")
		}
		m := list[0]
		must(b, s.MarkDot(b.Context(), m.ID, m.Epoch, start))
		must(b, s.Finish(b.Context(), m.ID, m.Epoch, team.SendResult{State: team.Queued, NextAt: start}, start)) // so that there are always as many
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mails/s")
}
