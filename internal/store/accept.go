package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"
)

// Accept stores mails with their outcomes, all that the outcomes do, and the cursor that passes them, in one transaction. A mail
// that is there already, by its place or as a copy of one that had effects, has none a second time. Of copies that had none, such as the
// one that came through a list, the next may still have some.
//
// When it has succeeded, mails tell what became of each: outcome, reason and effects as they were stored. Of a mail that was at its
// place before they are those of then, and it has no effects now. Where one of them brings it down, the error is a team.Unacceptable.
func (s *Store) Accept(ctx context.Context, c team.Cursor, mails []team.Mail, now time.Time) error {
	raws := make([]packed, len(mails))
	var packing errgroup.Group // before the write begins
	packing.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mails {
		if len(m.Raw) > 0 && !m.Unkept {
			packing.Go(func() error {
				raws[i] = s.packers.pack(m.Raw, m.Date)
				return nil
			})
		}
	}
	if err := packing.Wait(); err != nil {
		return err
	}
	became := slices.Clone(mails)
	err := s.write(ctx, fmt.Sprintf("accepting %d mails", len(mails)), func(ctx context.Context, tx *sql.Conn) error {
		box, err := passCursor(ctx, tx, c)
		if err != nil {
			return err
		}
		a := accepting{box: box, now: now}
		if err := a.lookUp(ctx, tx, mails); err != nil {
			return err
		}
		for i := range became {
			if err := a.safely(ctx, tx, &became[i], raws[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		copy(mails, became)
	}
	return err
}

// safely accepts a mail, and tells troubles that are the mail's own from those of the database.
func (a *accepting) safely(ctx context.Context, tx *sql.Conn, m *team.Mail, p packed) (err error) {
	uid := m.UID
	defer func() {
		if trouble := recover(); trouble != nil {
			err = &team.Unacceptable{UID: uid, Err: fmt.Errorf("%v", trouble), Stack: string(debug.Stack())}
		}
	}()
	err = a.accept(ctx, tx, m, p)
	if err == nil {
		return nil
	}
	if kind, _ := engineKind(err); kind == "" && (KindOf(err) == "" || KindOf(err) == Unknown) {
		return &team.Unacceptable{UID: uid, Err: err}
	}
	return fmt.Errorf("message %d: %w", uid, err)
}

// accept stores a mail and makes m what it has become.
func (a *accepting) accept(ctx context.Context, tx *sql.Conn, m *team.Mail, p packed) error {
	if m.Outcome == "" || (m.Outcome == team.Stored) != (m.Update != nil || len(m.Comments) > 0) {
		return fmt.Errorf("outcome %q does not fit what it does", m.Outcome)
	}
	var identity, raw any
	if m.Identity != "" {
		identity = m.Identity
		if earlier, known := a.effective[m.Identity]; known {
			m.Outcome, m.Reason = team.Duplicate, "a copy of mail "+strconv.FormatInt(earlier, 10)
			withoutEffects(m)
		}
	}
	if m.Event != nil {
		late, err := outdated(ctx, tx, m.MemberID, *m.Event)
		if err != nil {
			return err
		}
		if late {
			m.Outcome, m.Reason = team.Old, "this version of the event, or a later one, is known already"
			withoutEffects(m)
		}
	}
	if p.body != nil {
		id, err := keepRaw(ctx, tx, p)
		if err != nil {
			return err
		}
		raw = id
	}
	id, fresh, err := one(ctx, tx, scanInt, `
		INSERT INTO mail (
			mailbox_id, numbering, uid, identity, raw_id, size, truncated, message_id, sender, subject,
			written_at, received_at, accepted_at, outcome, reason, member_id, confidence, missed, unclaimed)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
		ON CONFLICT (mailbox_id, numbering, uid) DO NOTHING
		RETURNING id`,
		a.box.id, a.box.numbering, int64(m.UID), identity, raw, m.Size, truth(m.Truncated), clean(m.MessageID), clean(m.From), clean(m.Subject),
		ms(m.Date), ms(m.ReceivedAt), ms(a.now), string(m.Outcome), clean(m.Reason), orNull(m.MemberID), m.Confidence,
		truth(m.Missed), truth(m.Unclaimed))
	if err != nil {
		return err
	}
	if !fresh {
		return recall(ctx, tx, a.box, m)
	}
	failpoint.Here("outcome-is-stored")
	return a.do(ctx, tx, id, m)
}

// do carries out what a mail does, and notes the answer to it.
func (a *accepting) do(ctx context.Context, tx *sql.Conn, id int64, m *team.Mail) error {
	update, err := a.carryOut(ctx, tx, id, m)
	switch {
	case err != nil || m.Answer == nil || m.Confirm != nil || m.Daybreak:
		return err
	case update != 0 && m.Answer.Kind.IsReceipt():
		return oweReceipt(ctx, tx, id, update, *m.Answer, a.now)
	}
	return owe(ctx, tx, id, *m.Answer, a.now)
}

// carryOut does all that a mail does but answer it, and gives the update that it is part of, 0 for none.
func (a *accepting) carryOut(ctx context.Context, tx *sql.Conn, id int64, m *team.Mail) (update int64, err error) {
	if m.Identity != "" && (m.Outcome == team.Stored || m.Outcome == team.Command) {
		a.effective[m.Identity] = id
	}
	if m.Confirm != nil {
		return 0, a.askWhose(ctx, tx, id, *m.Confirm)
	}
	if m.Daybreak {
		return 0, readByDaybreak(ctx, tx, m.MemberID, m.From, a.now)
	}
	if m.MemberID != 0 && m.Outcome != team.Complaint && m.Outcome != team.Old && m.Outcome != team.Duplicate {
		if err := reached(ctx, tx, m.MemberID); err != nil {
			return 0, err
		}
	}
	if m.Settles != nil {
		if err := a.settle(ctx, tx, id, m); err != nil {
			return 0, err
		}
	}
	if moved, err := watchZone(ctx, tx, m); err != nil {
		return 0, err
	} else if moved != nil {
		m.Answer = moved
	}
	if err := addComments(ctx, tx, id, m.MemberID, m.Comments, a.now); err != nil {
		return 0, err
	}
	if err := a.addPrivate(ctx, tx, id, m); err != nil {
		return 0, err
	}
	if m.Update != nil {
		if update, err = a.addEntry(ctx, tx, id, *m.Update); err != nil {
			return 0, err
		}
		if err := solve(ctx, tx, id, *m.Update, a.now); err != nil {
			return 0, err
		}
		if m.Update.By != "" {
			if err := a.logWritten(ctx, tx, id, *m.Update); err != nil {
				return 0, err
			}
		}
		if m.Answer != nil && m.Answer.Kind.IsReceipt() {
			return update, nil
		}
	}
	for _, f := range m.Failures {
		if f.MemberID == 0 {
			if err := adminUnreached(ctx, tx, f, m.ReceivedAt); err != nil {
				return 0, err
			}
			continue
		}
		if err := fail(ctx, tx, f, m.ReceivedAt); err != nil {
			return 0, err
		}
	}
	return update, a.obey(ctx, tx, id, m)
}

// obey carries out what a mail orders for its member.
func (a *accepting) obey(ctx context.Context, tx *sql.Conn, mail int64, m *team.Mail) error {
	by := change{by: byMail, mail: mail, member: m.MemberID}
	switch {
	case m.MemberID == 0:
		return nil
	case m.Event != nil:
		return a.event(ctx, tx, mail, m)
	case m.Forget:
		m.Answer = nil // nobody is there any more to get one
		return erase(ctx, tx, by, a.now)
	case m.Answer != nil && m.Answer.Kind == team.AnswerData:
		return a.onceADay(ctx, tx, m)
	case m.Leave != 0:
		by.team = m.Leave
		return leave(ctx, tx, by, a.now)
	case m.Join != 0:
		by.team = m.Join
		return a.ask(ctx, tx, by, m)
	case m.Joins != nil:
		return a.settleInvitation(ctx, tx, mail, m)
	case m.Lead != nil:
		return a.obeyLead(ctx, tx, mail, m)
	case m.Delegate != "" || m.Undelegate != "":
		return a.delegate(ctx, tx, by, m)
	case m.Unalias != "":
		return a.unalias(ctx, tx, by, m)
	case m.Pause != nil:
		stopped, err := pause(ctx, tx, by, *m.Pause, a.now)
		if err != nil || !stopped || m.Outcome != team.Complaint {
			return err
		}
		return notify(ctx, tx, team.ComplainedNotice, m.MemberID, a.now)
	case m.Set != nil:
		return set(ctx, tx, by, *m.Set, a.now)
	case m.Name != "":
		taken, err := rename(ctx, tx, by, m.Name, a.now)
		if err == nil && taken {
			unclear(m, team.Doubt{Why: "somebody who reads you is called that already, or almost that"})
		}
		return err
	case m.Alias != "":
		if _, err := addAddress(ctx, tx, by, m.Alias, a.now); err != nil {
			return err
		}
		owner, err := ownerOf(ctx, tx, m.Alias)
		if err == nil && owner != m.MemberID {
			unclear(m, team.Doubt{Why: m.Alias + " cannot be an address of yours here"})
		}
		return err
	case m.Undo:
		if unsaid, err := unsay(ctx, tx, m.Unsay, m.MemberID, a.now); err != nil || unsaid {
			answer(m, team.AnswerUnsaid)
			return err
		}
		undone, not, err := undo(ctx, tx, by, a.now)
		switch {
		case err != nil:
		case !undone:
			answer(m, team.AnswerNoUndo)
		case len(not) > 0:
			answer(m, team.AnswerChanged)
			notDone(m, not)
		}
		return err
	case m.Away != nil && m.Outcome == team.AutoReply:
		return noteAway(ctx, tx, m.MemberID, *m.Away, mail, a.now)
	case m.Away != nil:
		return setAway(ctx, tx, by, *m.Away, 0, a.now)
	case !m.Back.IsZero():
		back, calledOff, err := endAway(ctx, tx, by, m.Back, a.now)
		if err != nil {
			return err
		}
		m.Answer = answerEnd(m.Answer, back, calledOff)
	}
	return nil
}

// answer makes the answer that a mail gets, if it gets one, another.
func answer(m *team.Mail, kind team.AnswerKind) {
	if m.Answer != nil {
		other := *m.Answer
		other.Kind = kind
		m.Answer = &other
	}
}

// unclear makes it, if the mail gets one, why its order was not carried out.
func unclear(m *team.Mail, d team.Doubt) {
	answer(m, team.AnswerUnclear)
	if m.Answer != nil {
		m.Answer.Doubt = d
	}
}

// notDone adds to the answer that a mail gets, if it gets one, which of its orders were not carried out.
func notDone(m *team.Mail, not []team.Came) {
	if m.Answer != nil {
		told := *m.Answer
		told.Came, m.Answer = not, &told
	}
}

// withoutEffects takes from a mail all that it does.
func withoutEffects(m *team.Mail) {
	m.Update, m.Comments, m.Failures = nil, nil, nil
	m.DropOrders()
}

// recall makes a mail what it became when it was accepted at its place.
func recall(ctx context.Context, tx *sql.Conn, box numbered, m *team.Mail) error {
	withoutEffects(m)
	_, _, err := one(ctx, tx, func(row scanner) (none struct{}, err error) { return none, row.Scan(&m.Outcome, &m.Reason) }, `
		SELECT outcome, reason FROM mail WHERE mailbox_id = ?1 AND numbering = ?2 AND uid = ?3`, box.id, box.numbering, int64(m.UID))
	return err
}

// addEntry adds what a mail says to its update, and gives the update's ID. What becomes visible gets the team's next number.
func (a *accepting) addEntry(ctx context.Context, tx *sql.Conn, mail int64, u team.NewUpdate) (update int64, err error) {
	if _, ok := a.questions[checkInIn{u.CheckInID, u.TeamID}]; !ok {
		return 0, unknown("team %d has no check-in %d", u.TeamID, u.CheckInID)
	}
	if update, err = openUpdate(ctx, tx, u, a.now); err != nil {
		return 0, err
	}
	if !u.Archive {
		if err := askAgain(ctx, tx, u.MemberID, u.CheckInID); err != nil {
			return 0, err
		}
	}
	if u.Replace || u.Corrects != 0 {
		if err := withdraw(ctx, tx, update, u, a.now); err != nil {
			return 0, err
		}
	}
	if len(u.Items) == 0 {
		return update, nil
	}
	entry, err := newEntry(ctx, tx, update, mail, u, a.now)
	if err != nil {
		return 0, err
	}
	if err := addItems(ctx, tx, entry, 0, u.Items, a.askedIn(u)); err != nil {
		return 0, err
	}
	return update, addOpen(ctx, tx, entry, 0, u.Items)
}

// withdraw takes back what a correction replaces: all that was said for the day, or what the receipt showed to which it replies,
// together with what replied to the receipt before. What is only news at an import withdraws no real news. Receipts that are still owed
// for it would show what is no longer so.
func withdraw(ctx context.Context, tx *sql.Conn, update int64, u team.NewUpdate, now time.Time) error {
	if err := oweNoReceipt(ctx, tx, update); err != nil {
		return err
	}
	return exec(ctx, tx, `
		UPDATE entry SET withdrawn_at = ?2
		WHERE update_id = ?1 AND withdrawn_at IS NULL AND (seq IS NULL OR ?3 = 0)
			AND (?4 = 1 OR corrects = ?5 OR accepted_at <= (SELECT answered_at FROM answer WHERE mail_id = ?5))`,
		update, ms(now), truth(u.Archive), truth(u.Replace), u.Corrects)
}

func newEntry(ctx context.Context, tx *sql.Conn, update, mail int64, u team.NewUpdate, now time.Time) (int64, error) {
	var seq any
	if !u.Archive {
		n, err := nextSeq(ctx, tx, u.TeamID)
		if err != nil {
			return 0, err
		}
		seq = n
	}
	entry, _, err := one(ctx, tx, scanInt, `
		INSERT INTO entry (update_id, mail_id, team_id, seq, correction, accepted_at, corrects, written_by)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		RETURNING id`, update, mail, u.TeamID, seq, truth(u.Replace || u.Corrects != 0), ms(now), orNull(u.Corrects), u.By)
	return entry, err
}

// openUpdate finds or makes the update of a member for a check-in and a day, and notes when it was last written.
func openUpdate(ctx context.Context, tx *sql.Conn, u team.NewUpdate, now time.Time) (int64, error) {
	id, _, err := one(ctx, tx, scanInt, `
		INSERT INTO "update" (member_id, day, checkin_id, team_id, made_at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (member_id, day, checkin_id, team_id) DO UPDATE SET made_at = excluded.made_at
		RETURNING id`, u.MemberID, day(u.Day), u.CheckInID, u.TeamID, ms(now))
	return id, err
}

// itemsAtOnce are as many as one statement stores.
const itemsAtOnce = 100

// askedIn are the questions that an update answers, as they were asked.
func (a *accepting) askedIn(u team.NewUpdate) []string {
	if then, ok := a.asked[about{u.MemberID, u.CheckInID, u.Day}]; ok {
		return then
	}
	return a.questions[checkInIn{u.CheckInID, u.TeamID}]
}

// askedWords gives the number and the words of the question that an item answers, -1 and "" for none.
func askedWords(item team.NewItem, asked []string) (question int64, words string) {
	if item.Question < 0 {
		return -1, ""
	}
	if item.Question < len(asked) {
		words = asked[item.Question]
	}
	return int64(item.Question), words
}

// addItems adds items to an entry that has so many already.
func addItems(ctx context.Context, tx *sql.Conn, entry int64, already int, items []team.NewItem, asked []string) error {
	const columns = 6
	for first := 0; first < len(items); first += itemsAtOnce {
		part := items[first:min(first+itemsAtOnce, len(items))]
		var query strings.Builder
		query.WriteString(`INSERT INTO item (entry_id, position, kind, question, asked, words) VALUES `)
		args := make([]any, 0, len(part)*columns)
		for i, item := range part {
			if i > 0 {
				query.WriteString(", ")
			}
			query.WriteString("(" + params(i*columns+1, columns) + ")")
			question, words := askedWords(item, asked)
			args = append(args, entry, int64(already+first+i), string(item.Kind), question, words, clean(item.Text))
		}
		if err := exec(ctx, tx, query.String(), args...); err != nil {
			return err
		}
	}
	return nil
}
