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

// archive is a team of twelve who have said so much before, all of it read, and each of them one thing since.
func archive(b *testing.B, updates int) *Store {
	s := open(b)
	t := rosterTeam("platform")
	for j := range 12 {
		t.Members = append(t.Members, member(fmt.Sprint("Member ", j), zones[j], fmt.Sprintf("m%d@example.com", j)))
	}
	apply(b, s, t)
	people, err := s.People(b.Context())
	must(b, err)
	must(b, s.Accept(b.Context(), cursor(1), []team.Mail{update(people[0], 1, "the first")}, start))
	// The rest are copies of it, one a day from each in turn, in rows rather than through as many mails.
	must(b, s.write(b.Context(), "making an archive", func(ctx context.Context, tx *sql.Conn) error {
		for _, query := range []string{
			`CREATE TEMPORARY TABLE copy AS WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT i FROM n`,
			`INSERT INTO mail (id, mailbox_id, numbering, uid, identity, raw_id, size, truncated, message_id, sender, subject, written_at, received_at, accepted_at,
			outcome, reason, member_id, confidence) SELECT i, mailbox_id, numbering, 1000 + i, 'copy ' || i, raw_id, size, truncated, i || '@test', sender, subject,
			written_at, received_at, accepted_at, outcome, reason, i % 12 + 1, confidence FROM copy, mail WHERE id = 1`,
			`INSERT INTO "update" (id, team_id, checkin_id, member_id, day, made_at)
			SELECT i, team_id, checkin_id, i % 12 + 1, date('0001-01-01', '+' || (i / 12) || ' days'), made_at FROM copy, "update" WHERE id = 1`,
			`INSERT INTO entry (id, update_id, mail_id, team_id, seq, correction, accepted_at) SELECT i, i, i, team_id, i, 0, accepted_at FROM copy, entry WHERE id = 1`,
			`INSERT INTO item (entry_id, position, kind, question, asked, words)
			SELECT i, 0, kind, question, asked, words || ' and what is said on a usual day, ' || i FROM copy, item WHERE entry_id = 1`,
			`UPDATE team SET seq = ?1`,
			`UPDATE membership SET read_seq = ?1`,
			`DROP TABLE copy`,
		} {
			if err := exec(ctx, tx, query, updates); err != nil {
				return fmt.Errorf("%.60s: %w", query, err)
			}
		}
		return nil
	}))
	var mails []team.Mail
	for i, p := range people {
		mails = append(mails, update(p, uint32(i+2), "one thing", "another thing", "a third"))
	}
	must(b, s.Accept(b.Context(), cursor(uint32(len(mails)+1)), mails, start))
	return s
}

// BenchmarkDigestFromAnArchive reads what is new to a member of a team that has an ever longer past. DAYBREAK_BENCH_N=1000000 adds a million.
func BenchmarkDigestFromAnArchive(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if n, err := strconv.Atoi(os.Getenv("DAYBREAK_BENCH_N")); err == nil && n > 0 {
		sizes = append(sizes, n)
	}
	var first float64
	for _, n := range sizes {
		b.Run(fmt.Sprintf("updates=%d", n), func(b *testing.B) {
			s := archive(b, n)
			for b.Loop() {
				turn, err := s.DigestTurn(b.Context(), 1, start.Add(time.Hour))
				must(b, err)
				if len(turn.Reading) != 1 || len(turn.Reading[0].Entries) != 12 {
					b.Fatalf("%d readings", len(turn.Reading))
				}
			}
			each := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			if first == 0 {
				first = each
			}
			b.ReportMetric(each/first, "×first")
		})
	}
}
