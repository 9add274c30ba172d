package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"daybreak/digest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin"
)

// reliving brings a database that was restored from a backup to the present, before anything else is done. What came in since lies in the mailbox,
// and what went out where the provider keeps what is sent. So the time since is lived through again, on a clock of its own, by the same engine: each
// mail is received as of when it arrived, and at each time at which a mail of ours was made, by its Date, whatever was due is made. What is made is
// the same as then, with the same Message-IDs, and so are the marks of what each reader was told; where that Message-ID, or an answer to
// the same mail, is among the sent ones, it is sent. The rest was not sent, as the daemon did not run by then, and is sent now if it still has
// a use; what a digest held that has none is told by the next.
//
// Where a key that the backup does not have signed what was sent, it is known by what its token says, and replies to it are known later. Where mail was
// removed from the mailbox since, it is not known any more, but what it had, as its number, its marks in a digest, is given to nothing else.
//
// A mail may have arrived just before a digest was made and been read just after. It is taken to be read a while after it arrived, so that it is
// rather told twice than never, but if its words are in a digest that was sent in that while. And what a digest is made to tell is looked for in the one that was sent: if it is not there, as when the mailbox could not be
// read then, the next one tells it all again.
//
// Where nothing of ours is among the sent mails nobody knows what was sent. Then nothing that people wrote may be lost: what came since
// the backup is told by the next digests, also to those who have read it. And nothing is answered that came before now.
type reliving struct {
	store     *store.Store
	scheduler *digest.Scheduler
	receiver  mailin.Receiver  // a copy: it has a clock of its own
	boxes     []mailin.Mailbox // likewise, each with a receiver of its own
	sent      *mailin.SentFolder
	log       *slog.Logger
	now       func() time.Time

	at      time.Time // that is lived through
	present time.Time
	made    []mailin.SentMail               // mails of ours that are among the sent ones, in the order of their dates
	ids     map[string]mailin.SentMail      // by their Message-IDs
	answers map[string]mailin.SentMail      // by the mails that they answer
	said    map[token.Token]mailin.SentMail // by what their tokens say, whoever has signed them
	last    answered                        // the mail with the highest number of those that were answered
	digests map[string]string               // what the digests among them told, by Message-ID
	told    struct{ read, sent int }        // for the log
}

// answered is a mail by its number in the database, and the answer to it.
type answered struct {
	number int64
	by     mailin.SentMail
}

const (
	sentBefore  = 8 * 24 * time.Hour // that a provider keeps what is sent is seen from the mails of so long before the backup
	readWithin  = time.Minute        // after its arrival, where the server tells of new mail
	readAtLeast = 6 * time.Minute    // where it does not
	shortRest   = 15 * time.Minute   // of the daemon, after which its database is hardly another one
	longestAsk  = time.Minute        // after which it goes on without an answer
	reliveAgain = 15 * time.Minute   // the longest until it is tried again
)

// first makes the loops wait until the database is in the present, the first of them bringing it there.
func (r *reliving) first(loops []loop) []loop {
	done := make(chan struct{})
	waiting := slices.Clone(loops)
	for i, l := range loops {
		waiting[i].run = func(ctx context.Context) error {
			if i == 0 {
				if err := r.run(ctx); err != nil || ctx.Err() != nil {
					return err
				}
				close(done)
			}
			select {
			case <-done:
				return l.run(ctx)
			case <-ctx.Done():
				return nil
			}
		}
	}
	return waiting
}

// run tries until it has succeeded or ctx ends.
func (r *reliving) run(ctx context.Context) error {
	for failures := 0; ; failures++ {
		through, restored, err := r.store.Restored(ctx)
		if err == nil && !restored {
			through, restored, err = r.behind(ctx)
		}
		if err == nil && !restored {
			return nil
		}
		if err == nil {
			r.log.Info("the database was restored; catching up with what happened since", "backup", through)
			err = r.relive(ctx, through)
		}
		if err == nil || ctx.Err() != nil {
			return nil
		}
		wait := min(reliveAgain, time.Minute<<min(failures, 10))
		r.log.Warn("what happened since the backup cannot be found out yet; nothing is sent meanwhile", "error", err, "hint", mailin.Hint(err), "again_in", wait)
		r.beat()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// behind tells whether the database is older than mail that was sent from it, as one is whose file somebody has put back by hand, and what it knows.
// After a short rest it is not asked for, and if the folder of sent mails is out of reach nobody waits for it.
func (r *reliving) behind(ctx context.Context) (through time.Time, behind bool, err error) {
	holds, err := r.store.Holding(ctx)
	if err != nil || holds.Through.IsZero() || r.now().Sub(holds.Through) < shortRest {
		return through, false, err
	}
	through = holds.Through
	asking, cancel := context.WithTimeout(ctx, longestAsk)
	defer cancel()
	all, _, err := r.sent.List(asking, through.Add(-24*time.Hour))
	if err != nil {
		r.log.Warn("whether the database is as new as the mail that was sent from it cannot be seen", "error", err, "hint", mailin.Hint(err))
		return through, false, nil
	}
	for _, m := range all {
		t, ok := r.ours(m)
		if !ok || t.Member == 0 || !m.Date.After(through.Add(time.Minute)) {
			continue
		}
		_, known, err := r.receiver.Directory.Sent(ctx, mailin.MailKindOf(t.Kind), t.Member, t.ID, t.Day)
		if err != nil {
			return through, false, err
		}
		if !known { // else the clock was ahead when it was made
			r.log.Warn("the database is older than mail that was sent from it: it is taken for one that was restored", "database", through, "mail", m.Date)
			return through, true, r.store.BehindSince(ctx, through)
		}
	}
	return through, false, nil
}

// ours tells whether a mail among the sent ones was made here, and what its token says. Nobody else puts mail there: a key that is not known may be
// younger than the backup.
func (r *reliving) ours(m mailin.SentMail) (t token.Token, ours bool) {
	text := token.FromMessageID(r.receiver.Address, m.MessageID)
	t, err := r.receiver.Keys.Verify(text, m.Date)
	if errors.Is(err, token.ErrForged) {
		if t, err = token.Unproven(text); err == nil && !plausible(t, m.Date) {
			err = token.ErrForged
		}
	}
	return t, err == nil
}

// relive lives through the time from through on.
func (r *reliving) relive(ctx context.Context, through time.Time) error {
	r.at, r.present = through, r.now()
	if err := r.recall(ctx, through); err != nil {
		return err
	}
	if err := r.mark(ctx); err != nil {
		return err
	}
	if err := r.readAll(ctx); err != nil {
		return err
	}
	if err := r.until(ctx, r.present); err != nil {
		return err
	}
	kept := len(r.ids) > 0
	if kept {
		if _, err := r.scheduler.Tick(ctx, r.present); err != nil {
			return err
		}
		if err := r.mark(ctx); err != nil {
			return err
		}
	} else {
		r.log.Warn("no mail of ours is among the sent ones: what people wrote since the backup is told again, and nothing that came since is answered",
			"hint", "where the provider keeps what is sent, name the folder: sent_folder in [imap]")
	}
	if r.last.number > 0 {
		if err := r.store.Gone(ctx, r.last.number, r.last.by.InReplyTo, r.last.by.Date); err != nil {
			return err
		}
	}
	if err := r.store.CaughtUp(ctx, !kept); err != nil {
		return err
	}
	r.log.Info("caught up with what happened since the backup", "mails_read", r.told.read, "mails_found_sent", r.told.sent)
	return nil
}

// readAll takes in what is new in all folders of all mailboxes, in the order in which it arrived.
func (r *reliving) readAll(ctx context.Context) error {
	var boxes []mailin.Mailbox
	others := map[int]bool{} // folders that are looked at from time to time
	for i := range r.boxes {
		for n, box := range r.boxes[i].ByFolder() {
			others[len(boxes)] = n > 0
			boxes = append(boxes, box)
		}
	}
	var sessions []*mailin.Session
	var turn *turns // of those that could be opened
	for i := range boxes {
		box := &boxes[i]
		lag := readAtLeast
		box.Receive = func(ctx context.Context, c team.Cursor, batch []mailin.Raw) error {
			return r.receive(ctx, c, batch, lag, func(arrived time.Time) error { return turn.wait(ctx, i, arrived.Add(lag)) })
		}
		s, err := box.Open(ctx)
		if others[i] && mailin.FolderRefused(err) {
			r.log.Warn("a folder cannot be read; the others are", "folder", box.Folder, "error", err, "hint", mailin.Hint(err))
			continue
		}
		if err != nil {
			if box.Lost != nil {
				box.Lost(err)
			}
			return err
		}
		defer s.Close()
		if !others[i] && slices.Contains(s.Capabilities(), "IDLE") {
			lag = readWithin
		}
		sessions = append(sessions, s)
	}
	turn = newTurns(len(sessions))
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range sessions {
		group.Go(func() error {
			defer turn.leave()
			_, err := s.CatchUp(ctx, r.present)
			return err
		})
	}
	return group.Wait()
}

func (r *reliving) beat() {
	for i := range r.boxes {
		if beat := r.boxes[i].Beat; beat != nil {
			beat(r.now())
		}
	}
}

// recall reads which mails of ours were sent.
func (r *reliving) recall(ctx context.Context, through time.Time) error {
	all, _, err := r.sent.List(ctx, through.Add(-sentBefore))
	if err != nil {
		return fmt.Errorf("reading what was sent: %w", err)
	}
	r.last = answered{}
	r.made, r.ids, r.answers, r.said = nil, map[string]mailin.SentMail{}, map[string]mailin.SentMail{}, map[token.Token]mailin.SentMail{}
	digests := map[string]bool{}
	for _, m := range all {
		t, ok := r.ours(m)
		if !ok {
			continue
		}
		r.said[t] = m
		r.ids[strings.ToLower(m.MessageID)] = m
		if t.Kind == token.Receipt && t.ID > r.last.number {
			r.last = answered{t.ID, m}
		}
		if m.InReplyTo != "" {
			r.answers[m.InReplyTo] = m
		}
		if m.Date.After(through) {
			r.made = append(r.made, m)
			if t.Kind == token.Digest {
				digests[strings.ToLower(m.MessageID)] = true
			}
		}
	}
	r.digests, err = r.sent.Texts(ctx, digests, through.Add(-48*time.Hour))
	if err != nil {
		return fmt.Errorf("reading the digests that were sent: %w", err)
	}
	return nil
}

// receive takes in mails one by one, each as of when it arrived, and when it is its turn.
func (r *reliving) receive(ctx context.Context, c team.Cursor, batch []mailin.Raw, lag time.Duration, turn func(arrived time.Time) error) error {
	for _, raw := range batch {
		r.beat()
		arrived := mailin.ArrivedAt(raw.Bytes)
		if err := turn(arrived); err != nil {
			return err
		}
		if !arrived.IsZero() {
			read, err := r.readAt(ctx, c, raw, arrived, lag)
			if err == nil {
				err = r.until(ctx, read)
			}
			if err != nil {
				return err
			}
		}
		here := c
		here.LastUID = raw.UID
		r.receiver.Now = func() time.Time { return r.at }
		if err := r.receiver.Receive(ctx, here, []mailin.Raw{raw}); err != nil {
			return err
		}
		r.told.read++
		if len(r.ids) == 0 {
			continue
		}
		if _, err := r.scheduler.Answer(ctx, r.at); err != nil {
			return err
		}
		if err := r.mark(ctx); err != nil {
			return err
		}
	}
	return nil
}

// readAt is when a mail counts as read: a while after it arrived, but before a digest made in that while that told its words.
func (r *reliving) readAt(ctx context.Context, c team.Cursor, raw mailin.Raw, arrived time.Time, lag time.Duration) (time.Time, error) {
	late := arrived.Add(lag)
	var words []string
	for _, m := range r.made {
		text := r.digests[strings.ToLower(m.MessageID)]
		if !m.Date.Before(late) {
			break
		}
		if text == "" || m.Date.Add(time.Second).Before(arrived) {
			continue
		}
		if words == nil {
			v, err := r.receiver.Read(ctx, raw, c, arrived)
			if err != nil {
				return late, fmt.Errorf("reading a mail that came just before a digest: %w", err)
			}
			if v.Mail.Update == nil {
				return late, nil
			}
			for _, item := range v.Mail.Update.Items {
				words = append(words, item.Text)
			}
		}
		if len(words) > 0 && tells(text, words) {
			return m.Date, nil
		}
	}
	return late, nil
}

// until lives through the time until then, but not beyond the present: at each moment at which a mail of ours was made, what was due is made.
func (r *reliving) until(ctx context.Context, then time.Time) error {
	if then.After(r.present) {
		then = r.present
	}
	for len(r.made) > 0 && r.made[0].Date.Before(then) {
		at := r.made[0].Date.Add(time.Second - time.Millisecond) // a Date has whole seconds
		for len(r.made) > 0 && !r.made[0].Date.After(at) {
			r.made = r.made[1:]
		}
		if at.After(r.at) {
			r.at = at
		}
		if _, err := r.scheduler.Tick(ctx, r.at); err != nil {
			return err
		}
		if err := r.mark(ctx); err != nil {
			return err
		}
		if err := r.store.Relived(ctx, r.at); err != nil {
			return err
		}
	}
	if then.After(r.at) {
		r.at = then
	}
	return nil
}

// mark notes of the mails that wait which of them were sent.
func (r *reliving) mark(ctx context.Context) error {
	waiting, err := r.store.Unsent(ctx)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		sent, found := r.sentFor(m)
		if !found {
			continue
		}
		if err := r.sentAs(ctx, sent, m); err != nil {
			return err
		}
		was := team.FoundSent{At: sent.Date}
		if text, ok := r.digests[strings.ToLower(sent.MessageID)]; ok {
			if err := r.compare(ctx, m.ID, text, &was); err != nil {
				return err
			}
		}
		if err := r.store.FoundSent(ctx, m.ID, was); err != nil {
			return err
		}
		r.told.sent++
	}
	return nil
}

// sentFor is the mail among the sent ones in whose place a mail was made now. An answer is known by what it answers: that mail may have had
// another number, which is in the Message-ID.
func (r *reliving) sentFor(m team.Unsent) (sent mailin.SentMail, found bool) {
	sent, found = r.ids[strings.ToLower(m.MessageID)]
	if found && (m.Answers == "" || m.Answers == sent.InReplyTo) {
		return sent, true
	}
	if m.Answers != "" {
		sent, found = r.answers[m.Answers]
		return sent, found
	}
	if t, err := r.receiver.Keys.Verify(token.FromMessageID(r.receiver.Address, m.MessageID), r.at); err == nil {
		sent, found = r.said[t]
	}
	return sent, found
}

// sentAs has replies to a mail that was sent be taken for replies to the one in its place.
func (r *reliving) sentAs(ctx context.Context, sent mailin.SentMail, m team.Unsent) error {
	if strings.EqualFold(sent.MessageID, m.MessageID) {
		return nil
	}
	was, is := token.FromMessageID(r.receiver.Address, sent.MessageID), token.FromMessageID(r.receiver.Address, m.MessageID)
	if err := r.store.NoteSentAs(ctx, was, is); err != nil {
		return err
	}
	r.receiver.SentAs[was] = is
	return nil
}

// plausible tells whether a token is one that a mail of then may have.
func plausible(t token.Token, then time.Time) bool {
	off := t.Day.Instant(0, time.UTC).Sub(then)
	return t.Kind >= token.Prompt && t.Kind <= token.Weekly && off > -60*24*time.Hour && off < 48*time.Hour && !t.Expires.Before(t.Day)
}

// compare finds out whether a digest that was sent told what the one told that was made in its place now, and notes by what marks it showed it:
// where mail was removed since, others stand beside the items.
func (r *reliving) compare(ctx context.Context, id int64, sent string, was *team.FoundSent) error {
	shown, err := r.store.Shown(ctx, id)
	if err != nil {
		return err
	}
	if marks := printed(sent, shown); !maps.EqualFunc(marks, shown, func(id int64, i team.ShownItem) bool { return id == i.ID }) {
		was.Text, was.Marks = sent, marks
	}
	var words []string
	for _, item := range shown {
		words = append(words, item.Words)
	}
	if was.Short = !tells(sent, words); was.Short {
		r.log.Warn("a digest that was sent did not tell all that it seems to have: the next one tells it again", "mail", id)
	}
	return nil
}
