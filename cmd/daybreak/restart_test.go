package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"daybreak/internal/team"
)

// archived fills a house's database with mails, each kept as it came with about two kilobytes that no compression makes smaller.
func archived(b *testing.B, h *house, mails int) {
	b.Helper()
	h.people("Aiko", "Mia", "Dev")
	s := openStore(b, h.database())
	defer s.Close()
	people, err := s.People(b.Context())
	must(b, err)
	random, noise := rand.New(rand.NewPCG(1, 2)), make([]byte, 1500)
	day := team.DateOf(time.Now()).Add(-mails / len(people))
	at := time.Now().Add(-time.Duration(mails/len(people)) * 24 * time.Hour)
	const batch = 500
	list := make([]team.Mail, 0, batch)
	c := team.Cursor{Account: "updates@example.com/INBOX", Validity: 1, NewFrom: 1, BaselineAt: at}
	for n := range mails {
		p := people[n%len(people)]
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		raw := append(letter(p.Name, "words"), base64.StdEncoding.EncodeToString(noise)...)
		list = append(list, team.Mail{
			UID: uint32(n + 1), Identity: fmt.Sprint("mail ", n), Raw: raw, Size: int64(len(raw)), MessageID: fmt.Sprintf("%d@example.com", n), From: p.Address(),
			ReceivedAt: at.Add(time.Duration(n) * time.Minute), Date: at.Add(time.Duration(n) * time.Minute), Outcome: team.Stored, Reason: "a reply", MemberID: p.ID, Confidence: 1,
			Update: &team.NewUpdate{MemberID: p.ID, TeamID: p.Teams[0].Team.ID, CheckInID: p.Teams[0].Team.CheckIns[0].ID, Day: day.Add(n / len(people)), Archive: true,
				Items: []team.NewItem{{Kind: team.Done, Text: "Moved the billing jobs to the new queue."}, {Kind: team.Plan, Text: "Load test with Friday's peak."}}},
		})
		if c.LastUID = uint32(n + 1); len(list) == batch || n == mails-1 {
			must(b, s.Accept(b.Context(), c, list, time.Now()))
			list = list[:0]
		}
	}
}

// BenchmarkRestart is how long it takes from the start of the daemon until it says that it has started and that the mailbox is open, with
// 100,000 mails in the database (DAYBREAK_BENCH_N).
func BenchmarkRestart(b *testing.B) {
	h := newHouse(b, "")
	archived(b, h, benchSize(b, 100_000))
	info, err := os.Stat(h.database())
	must(b, err)
	var started, open time.Duration
	for b.Loop() {
		began := time.Now()
		d := startDaemon(b, h.config)
		d.await(`"msg":"started"`)
		started += time.Since(began)
		d.await(`"msg":"mailbox open"`)
		open += time.Since(began)
		must(b, d.stopped())
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(started.Seconds()/float64(b.N), "s-to-started")
	b.ReportMetric(open.Seconds()/float64(b.N), "s-to-ready")
	b.ReportMetric(float64(info.Size())/(1<<20), "MB")
}
