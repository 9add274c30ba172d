package mailin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/bounce"
	"daybreak/mailin/mime"
	"daybreak/mailin/proof"
	"daybreak/mailin/reply"
)

// Directory is who and what a mail may refer to.
type Directory interface {
	PersonByAddress(ctx context.Context, addr string) (team.Person, bool, error)
	Person(ctx context.Context, id int64) (team.Person, bool, error)
	Sent(ctx context.Context, kind team.MailKind, member, checkin int64, day team.Date) (team.Sent, bool, error)
	// LatestPrompts gives for each check-in of the member's teams the newest prompt or reminder that they got, the newest first.
	LatestPrompts(ctx context.Context, member int64) ([]team.Sent, error)
	// Teams are all, with their slugs and names.
	Teams(ctx context.Context) ([]team.Team, error)
	// Allowing are the members who allow an address to write for them.
	Allowing(ctx context.Context, addr string) ([]team.Person, error)
	// Members are those who are in a team.
	Members(ctx context.Context, teamID int64) ([]team.Person, error)
	// AskedOf are those of the items that ask the member something, answered or not.
	AskedOf(ctx context.Context, member int64, items []int64) ([]int64, error)
	// Invited are those who are asked whether they want to be in a team, and have not answered.
	Invited(ctx context.Context, teamID int64) ([]team.Person, error)
}

// Reader understands mails. It only looks: it stores nothing.
type Reader struct {
	Address     string   // ours
	Others      []string // further ones whose mail comes here too, such as the one before a move: replies to mails that were sent by them count
	Keys        token.Keys
	SentAs      map[string]string // tokens that mails were sent with → those that they have here; may be nil
	Directory   Directory
	ImportSince time.Time // mail that arrived before the first start, but not before this, is taken in without being news

	// Proof checks who sent a mail that claims to be a member's; nil: the address in From is enough.
	Proof *proof.Checker
	// ProofIn checks it in Proof's place where the mail came to another account, whose server tells what it finds out in a way of its own. It
	// goes by the Account of the mail's cursor.
	ProofIn map[string]*proof.Checker

	explains  bool         // each step of a reading is noted
	confirmed *team.Person // who has said that the mail is theirs
}

// Verdict is everything that daybreak makes of one mail.
type Verdict struct {
	Message *mime.Message
	Machine team.Outcome // what sort of machine wrote it, "" for a person
	Person  *team.Person // whose voice it is
	Answers *team.Sent   // the mail of ours that it answers
	How     string       // by what the mail of ours was found, in words
	Reading reply.Reading
	Mail    team.Mail // with its outcome

	Leave  *team.Span       // when it says that its writer is away
	Failed []bounce.Failure // with a bounce or a complaint: the addresses that it is about

	calendar *calendarPart // the event that it carries, nil for none

	Proof proof.Evidence // that it comes from where it says; zero if it was not looked for

	heading   *team.Doubt // why something in it is not taken for the order that it may be
	doubt     string      // why it may be about a leave and is not taken for it
	waiting   int64       // the item that asks the writer what they may answer, 0 for none
	found     *signed     // the token of ours on it
	byProgram bool        // it is a calendar program's, for its member
	stranger  bool        // who wrote it has but the reply address of the person
	archive   bool        // it arrived before the first start
	checker   *proof.Checker
	junk      bool // it lay in a folder for junk
}

const (
	oldMargin  = 10 * time.Minute    // for servers whose clock is not quite ours
	orderLimit = 30 * 24 * time.Hour // an order that is older is not what its sender wants now
)

// Read understands one mail as of now. Errors are the directory's: a mail itself is never one.
func (r *Reader) Read(ctx context.Context, raw Raw, c team.Cursor, now time.Time) (Verdict, error) {
	v := r.look(raw, c, now)
	return v, r.decide(ctx, &v, now)
}

// look understands what a mail says by itself. It may end in an outcome; else decide gives the mail one.
func (r *Reader) look(raw Raw, c team.Cursor, now time.Time) Verdict {
	m := mime.Read(raw.Bytes)
	v := Verdict{Message: m, junk: raw.Junk, checker: r.checker(c.Account), Mail: team.Mail{
		UID: raw.UID, Raw: raw.Bytes, Size: raw.Size, Truncated: raw.Truncated,
		MessageID: m.MessageID, From: sender(m), Subject: m.Subject, Date: m.Date,
		ReceivedAt: receivedAt(m, now),
	}}
	v.Mail.Identity = identity(raw.Bytes, m, v.Mail.From)
	if raw.Problem != "" {
		if len(raw.Bytes) == 0 { // nothing to tell it by but its place
			v.Mail.Identity = ""
		}
		v.end(team.Quarantined, "the server did not hand it over: %s", raw.Problem)
		return v
	}
	if raw.UID < c.NewFrom {
		arrived := v.Mail.ReceivedAt
		if len(m.Received) == 0 { // then its own date is all that tells its age
			arrived = m.Date
		}
		margin := oldMargin
		if !r.ImportSince.IsZero() {
			margin = 0
		}
		v.archive = arrived.Before(c.BaselineAt.Add(-margin))
		if v.archive && (r.ImportSince.IsZero() || arrived.Before(r.ImportSince)) {
			v.Mail.Unkept = v.junk
			v.end(team.Old, "it arrived before daybreak was first started here")
			return v
		}
		if v.archive {
			v.Mail.ReceivedAt = arrived
		}
	}
	outcome, why := Classify(m, r.Address)
	if (outcome == "" || outcome == team.AutoReply) && r.comesBack(&v) {
		outcome, why = team.Bounce, "it comes to the address for bounces of a mail of ours"
	}
	if outcome != "" {
		v.Machine = outcome
		switch outcome {
		case team.Bounce:
			v.Failed = bounce.Read(m)
		case team.Complaint:
			v.Failed = bounce.Complained(m)
		}
		v.end(outcome, "%s", why)
		if outcome == team.AutoReply && m.Report == nil {
			v.calendar = calendarIn(m)
		}
		return v
	}
	v.calendar = calendarIn(m)
	v.found = r.findToken(m, v.Mail.ReceivedAt)
	v.Mail.Missed = v.found != nil && errors.Is(v.found.err, token.ErrForged)
	return v
}

// checker checks who sent the mail of an account.
func (r *Reader) checker(account string) *proof.Checker {
	if own, ok := r.ProofIn[account]; ok {
		return own
	}
	return r.Proof
}

// decide gives the mail its outcome if look has not.
func (r *Reader) decide(ctx context.Context, v *Verdict, now time.Time) error {
	if junk, err := r.isJunk(ctx, v); err != nil || junk {
		return err
	}
	switch v.Mail.Outcome {
	case "":
		if err := r.route(ctx, v, now); err != nil {
			return err
		}
	case team.AutoReply:
		done, err := r.another(ctx, v)
		if err == nil && !done {
			done, err = r.automatic(ctx, v, now)
		}
		if err == nil && !done {
			err = r.note(ctx, v, now)
		}
		if err != nil {
			return err
		}
	case team.Bounce, team.Complaint:
		if err := r.failed(ctx, v); err != nil {
			return err
		}
	}
	v.Leave = v.Mail.Away
	if v.archive {
		v.Mail.DropOrders()
		if v.Mail.Update != nil {
			v.Mail.Update.Archive = true
		}
	}
	return nil
}

// Explain reads a mail as Read does, and tells its own words even if they come from nobody known or from a machine.
func (r *Reader) Explain(ctx context.Context, raw Raw, now time.Time) (Verdict, error) {
	explaining := *r
	explaining.explains = true
	v, err := explaining.Read(ctx, raw, team.Cursor{}, now)
	if err == nil && v.Reading.Reply == "" && len(v.Reading.Elided) == 0 {
		v.Reading = reply.Explain(v.Message, nil)
	}
	if err == nil && v.Person == nil {
		v.Leave = r.claimed(&v)
	}
	return v, err
}

// reading finds a mail's own words, with the steps if they are to be explained.
func (r *Reader) reading(m *mime.Message, sent *reply.Original) reply.Reading {
	if r.explains {
		return reply.Explain(m, sent)
	}
	return reply.Read(m, sent)
}

func (v *Verdict) end(outcome team.Outcome, format string, args ...any) {
	v.Mail.Outcome, v.Mail.Reason = outcome, fmt.Sprintf(format, args...)
}

// route decides about a person's mail: who wrote, about what, is it wanted.
func (r *Reader) route(ctx context.Context, v *Verdict, now time.Time) error {
	person, err := r.author(ctx, v)
	if err == nil && (v.Mail.Outcome == team.Refused || v.Mail.Confirm != nil) {
		_, err = r.inStead(ctx, v, nil)
	}
	if err != nil || person == nil {
		return err
	}
	v.Person, v.Mail.MemberID = person, person.ID
	v.Mail.Elsewhere = elsewhere(v.Mail, *person)
	sent, err := r.answered(ctx, v)
	if err != nil {
		return err
	}
	v.Answers = sent
	v.Reading = r.reading(v.Message, original(sent))
	v.Mail.Confidence = v.Reading.Confidence
	if done, err := r.inStead(ctx, v, person); err != nil || done {
		return err
	}
	if len(person.Teams) == 0 && (sent == nil || sent.Notice == nil || sent.Notice.Invites == nil) && !asksFromOutside(v) {
		v.end(team.Held, "the sender is in no team any more")
		return nil
	}
	if err := r.waits(ctx, v); err != nil {
		return err
	}
	if err := r.understand(ctx, v, now); err != nil {
		return err
	}
	if err := r.asks(ctx, v); err != nil {
		return err
	}
	if a := added(v); a != nil {
		v.Mail.Answer = a
	}
	r.believe(ctx, v)
	return nil
}

// understand finds out what a member's mail does.
func (r *Reader) understand(ctx context.Context, v *Verdict, now time.Time) error {
	if reacts(v) {
		return nil
	}
	if done, err := r.private(ctx, v); err != nil || done {
		return err
	}
	if settle(v) || forgets(v) || r.consents(v) || r.admits(v) || r.invited(v, now) {
		return nil
	}
	if done, err := r.obey(ctx, v, now); err != nil || done {
		return err
	}
	doubt, done, err := r.leave(v, now)
	if err != nil || done {
		return err
	}
	if doubt != "" {
		v.doubt = doubt
	}
	if repliesToNotice(v) {
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerNotice}
		v.end(team.Command, "it answers a notice (%s), and is no order", v.How)
		return nil
	}
	return r.update(v)
}

func original(sent *team.Sent) *reply.Original {
	if sent == nil {
		return nil
	}
	o := &reply.Original{Text: sent.Text, Questions: sent.Questions, Plan: sent.Plan, Marks: slices.Sorted(maps.Keys(sent.Marks))}
	if sent.Kind == team.ReceiptMail && !sent.Confirms && !sent.Forgets { // it shows the person's own words, which they say again to put them right
		o.Text = ""
	}
	return o
}

// update makes the mail the member's words for one check-in and one day.
func (r *Reader) update(v *Verdict) error {
	if rest := comments(v); !rest {
		return nil
	}
	u := team.NewUpdate{MemberID: v.Person.ID, Items: v.Reading.Items, Replace: v.Reading.Correction, Unstuck: v.Reading.Unstuck}
	what := "a mail of its own"
	if s := v.Answers; s != nil && s.CheckInID != 0 {
		u.TeamID, u.CheckInID, u.Day = s.TeamID, s.CheckInID, s.Day
		what = fmt.Sprintf("an answer to the %s of %s", s.Kind, s.Day)
		if s.Kind == team.ReceiptMail {
			if reply.Agrees(v.Reading.Reply) {
				v.end(team.Command, "it agrees with what was understood of %s", s.Day)
				return nil
			}
			u.Corrects = s.Answered
			what = fmt.Sprintf("a correction of what was understood of %s", s.Day)
		}
	} else {
		t, why := r.team(v)
		if why != "" && len(v.Mail.Comments) > 0 {
			r.strayed(v)
			return nil
		}
		if why != "" {
			v.end(team.Held, "%s", why)
			return nil
		}
		loc, err := v.Person.RuleIn(t).Location()
		if err != nil {
			v.end(team.Held, "nobody knows what day it is for the sender: %v", err)
			return nil
		}
		u.TeamID, u.CheckInID, u.Day = t.ID, t.CheckIns[0].ID, team.DayAt(writtenAt(v.Mail), loc)
		if v.Answers != nil {
			what = fmt.Sprintf("an answer to the %s of %s", v.Answers.Kind, v.Answers.Day)
		}
		for i := range u.Items { // nothing was asked
			u.Items[i].Question = -1
		}
	}
	t, ok := v.Person.Team(u.TeamID)
	if !ok {
		v.end(team.Held, "it answers a mail of a team that the sender is not in any more")
		return nil
	}
	defer func() { v.Mail.Answer = r.receipt(v, t) }()
	if unreadable(v) {
		v.end(team.Empty, "it is %s (%s), but it is encrypted", what, v.How)
		return nil
	}
	if said := v.Reading.Short; said != "" {
		v.Mail.Update = &u
		v.end(team.Stored, "it is %s, found by %s: "+shortReasons[said], what, v.How, u.Day.Short())
		return nil
	}
	if len(u.Items) == 0 {
		v.end(team.Empty, "it is %s (%s), but has no words of its own", what, v.How)
		return nil
	}
	v.Mail.Update = &u
	v.end(team.Stored, "it is %s, found by %s", what, v.How)
	return nil
}

// shortReasons say what a short answer says of its day.
var shortReasons = map[reply.Short]string{
	reply.Nothing: "nothing to report for %s",
	reply.Skip:    "not to be asked for %s",
	reply.Off:     "off on %s",
}

// team is the team that a mail without a check-in goes to: the one whose mail it answers, else the one named after the plus of the
// address that it was sent to, else the sender's only one. What is meant for one team is never shown to another, so that without any of
// these why says that nobody knows.
func (r *Reader) team(v *Verdict) (t team.Team, why string) {
	var possible []team.Team
	var slugs []string
	for _, m := range v.Person.Teams {
		if len(m.Team.CheckIns) == 0 {
			continue
		}
		if v.Answers != nil && v.Answers.TeamID == m.Team.ID || r.names(v.Message, m.Team) {
			return m.Team, ""
		}
		possible = append(possible, m.Team)
		slugs = append(slugs, m.Team.Slug)
	}
	switch len(possible) {
	case 0:
		return team.Team{}, "the sender's team has no check-in to which it could belong"
	case 1:
		return possible[0], ""
	}
	return team.Team{}, "the sender is in several teams (" + strings.Join(slugs, ", ") + ") and it does not say for which it is"
}

// names tells whether the mail was sent to the team's own address, updates+SLUG@example.com.
func (r *Reader) names(m *mime.Message, t team.Team) bool {
	return slices.ContainsFunc(recipients(m), func(a string) bool { return r.fromAddress(a) == t.Slug })
}

// sender is the address that the mail claims to come from.
func sender(m *mime.Message) string {
	for _, a := range m.From {
		if a.Addr != "" {
			return team.CleanAddress(a.Addr)
		}
	}
	return ""
}

// onTheWay is how long a mail may have been on the way and still count for the day on which it says that it was written: a flight and a
// night without a network.
const onTheWay = 48 * time.Hour

// writtenAt is when the mail was written: as it states, if it may be believed, else when it reached our mailbox.
func writtenAt(m team.Mail) time.Time {
	if late := m.ReceivedAt.Sub(m.Date); !m.Date.IsZero() && late > 0 && late <= onTheWay {
		return m.Date
	}
	return m.ReceivedAt
}

// aheadLimit is how far ahead of the mailbox's server a sender's clock may be whose zone is believed.
const aheadLimit = time.Hour

// elsewhere tells whether a mail's date states another offset than the sender's zone had when it was written; nil if the date cannot be believed.
func elsewhere(m team.Mail, p team.Person) *bool {
	loc, err := p.DigestRule().Location()
	if late := m.ReceivedAt.Sub(m.Date); err != nil || m.Date.IsZero() || late > onTheWay || late < -aheadLimit {
		return nil
	}
	_, stated := m.Date.Zone()
	_, own := m.Date.In(loc).Zone()
	differs := stated != own
	return &differs
}

// receivedAt is when the mail reached our mailbox, as the last server wrote it down; without such a line it is now. It is never
// in the future.
func receivedAt(m *mime.Message, now time.Time) time.Time {
	if len(m.Received) > 0 && m.Received[0].Before(now) {
		return m.Received[0]
	}
	return now
}
