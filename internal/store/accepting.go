package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"daybreak/internal/team"
)

// accepting is a batch of mails on its way into the database, with what was looked up for all of them at once.
type accepting struct {
	box       numbered
	now       time.Time
	effective map[string]int64       // identity → the mail which had effects; its copies have none, before it or after it
	questions map[checkInIn][]string // as the check-ins ask now
	asked     map[about][]string     // as the prompts asked then
}

// checkInIn is a check-in in a team.
type checkInIn struct{ id, team int64 }

func (a *accepting) lookUp(ctx context.Context, tx *sql.Conn, mails []team.Mail) error {
	a.effective, a.questions, a.asked = map[string]int64{}, map[checkInIn][]string{}, map[about][]string{}
	var identities []string
	var checkins []int64
	byDay := map[team.Date][]int64{} // members who answer questions
	for _, m := range mails {
		if m.Settles != nil {
			for _, r := range m.Settles.Mails {
				mails = append(slices.Clip(mails), r.Now)
			}
		}
	}
	for _, m := range mails {
		if m.Identity != "" {
			identities = append(identities, m.Identity)
		}
		if u := m.Update; u != nil {
			checkins = append(checkins, u.CheckInID)
			if slices.ContainsFunc(u.Items, func(i team.NewItem) bool { return i.Question >= 0 }) {
				byDay[u.Day] = append(byDay[u.Day], u.MemberID)
			}
		}
	}
	slices.Sort(checkins)
	return errors.Join(
		a.lookUpCopies(ctx, tx, identities),
		a.lookUpCheckIns(ctx, tx, slices.Compact(checkins)),
		a.lookUpPrompts(ctx, tx, byDay))
}

// none is the result of a scan whose row went elsewhere.
type none struct{}

func (a *accepting) lookUpCopies(ctx context.Context, tx *sql.Conn, identities []string) error {
	return inLists(identities, 1, func(list string, args []any) error {
		_, err := all(ctx, tx, func(row scanner) (n none, err error) {
			var id int64
			var identity string
			err = row.Scan(&id, &identity)
			a.effective[identity] = id
			return n, err
		}, `SELECT id, identity FROM mail WHERE outcome IN ('stored', 'command') AND identity IN (`+list+`)`, args...)
		return err
	})
}

func (a *accepting) lookUpCheckIns(ctx context.Context, tx *sql.Conn, checkins []int64) error {
	return inLists(checkins, 1, func(list string, args []any) error {
		_, err := all(ctx, tx, func(row scanner) (n none, err error) {
			var c checkInIn
			var text string
			if err := row.Scan(&c.id, &c.team, &text); err != nil {
				return n, err
			}
			a.questions[c], err = parseTexts(text)
			return n, err
		}, `SELECT id, team_id, questions FROM checkin WHERE id IN (`+list+`)`, args...)
		return err
	})
}

// lookUpPrompts reads the questions of the members' prompts of the days. Those of a prompt come before those of its reminder.
func (a *accepting) lookUpPrompts(ctx context.Context, tx *sql.Conn, byDay map[team.Date][]int64) error {
	for d, members := range byDay {
		err := inLists(members, 2, func(list string, args []any) error {
			_, err := all(ctx, tx, func(row scanner) (n none, err error) {
				about := about{day: d}
				var kind team.MailKind
				var text string
				if err := row.Scan(&about.member, &about.checkin, &kind, &text); err != nil {
					return n, err
				}
				if _, ok := a.asked[about]; !ok || kind == team.PromptMail {
					a.asked[about], err = parseTexts(text)
				}
				return n, err
			}, `SELECT member_id, checkin_id, kind, questions FROM prompt WHERE day = ?1 AND member_id IN (`+list+`)`,
				append([]any{day(d)}, args...)...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
