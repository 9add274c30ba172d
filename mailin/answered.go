package mailin

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/mime"
)

// signed is a token of ours found on a mail.
type signed struct {
	token token.Token
	err   error  // token.ErrExpired or token.ErrForged; nil if it is good
	where string // in words
}

// reference is the mail of ours that the token names.
func (s signed) reference() team.Reference {
	t := s.token
	return team.Reference{Kind: mailKinds[t.Kind], MemberID: t.Member, ID: t.ID, Day: t.Day}
}

// recipientHeaders name the address that a mail was delivered to, the surest first.
var recipientHeaders = []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Gm-Original-To", "X-Forwarded-To", "X-Delivered-To"}

// recipients are the addresses that the mail was sent to, as far as it tells.
func recipients(m *mime.Message) []string {
	var all []string
	for _, name := range recipientHeaders {
		all = append(all, m.Header.All(name)...)
	}
	for _, list := range [][]mime.Address{m.To, m.Cc} {
		for _, a := range list {
			all = append(all, a.Addr)
		}
	}
	return all
}

// ofOurs gives what an address of ours finds, the first one that finds something.
func (r *Reader) ofOurs(find func(address, in string) string, in string) string {
	found := find(r.Address, in)
	for i := 0; i < len(r.Others) && found == ""; i++ {
		found = find(r.Others[i], in)
	}
	return found
}

// fromAddress takes the part after the plus out of an address of ours.
func (r *Reader) fromAddress(a string) string { return r.ofOurs(token.FromAddress, a) }

// fromBounceAddress takes the token out of an envelope sender of ours.
func (r *Reader) fromBounceAddress(a string) string { return r.ofOurs(token.FromBounceAddress, a) }

// fromMessageID takes the token out of a Message-ID of ours.
func (r *Reader) fromMessageID(id string) string { return r.ofOurs(token.FromMessageID, id) }

// findToken looks for a token of ours in the addresses that the mail was sent to, then in the mails that it answers. A good
// one wins over one that is not; nil means that there is none.
func (r *Reader) findToken(m *mime.Message, at time.Time) *signed {
	var best *signed
	try := func(text, where string) {
		if text == "" || best != nil && best.err == nil {
			return
		}
		t, err := r.verify(text, at)
		if t.Kind != 0 && mailKinds[t.Kind] == "" { // it names no mail, as that of a link
			return
		}
		if !errors.Is(err, token.ErrForm) && (best == nil || err == nil) {
			best = &signed{t, err, where}
		}
	}
	for _, a := range recipients(m) {
		try(r.fromAddress(a), "the reply address")
	}
	if best != nil { // an address that is forged or too old is not made better by what the mail answers
		return best
	}
	ids := append([]string(nil), m.InReplyTo...)
	for i := len(m.References) - 1; i >= 0; i-- { // the nearest first
		ids = append(ids, m.References[i])
	}
	for _, id := range ids {
		try(r.fromMessageID(id), "the mail that it answers")
	}
	if best != nil && best.err != nil { // only an old thread: the sender and the day decide
		return nil
	}
	return best
}

// verify reads a token that a mail of ours was sent with.
func (r *Reader) verify(text string, at time.Time) (token.Token, error) {
	if here, ok := r.SentAs[strings.ToLower(text)]; ok {
		text = here
	}
	return r.Keys.Verify(text, at)
}

// mailKinds are the kinds of mail that a token names.
var mailKinds = map[token.Kind]team.MailKind{
	token.Prompt: team.PromptMail, token.Reminder: team.ReminderMail, token.Digest: team.DigestMail, token.Receipt: team.ReceiptMail,
	token.Notice: team.NoticeMail, token.Weekly: team.WeeklyMail,
}

// MailKindOf is the kind of mail that a token names; "" if there is none such.
func MailKindOf(k token.Kind) team.MailKind { return mailKinds[k] }

// replySubject is a subject that clients make when one hits reply.
var replySubject = regexp.MustCompile(`(?i)^\s*(re|aw|sv|vs|antw|odp|ref|rif|r|res|ynt|回复|回覆|答复|返信|답장|отв|отговор|απ|תשובה|رد)\s*(\[\d+\]|\(\d+\))?\s*[:：]`)

// latestFor is how long after a prompt a reply that carries no token is still taken for an answer to it.
const latestFor = 14 * 24 * time.Hour

// answered finds the mail of ours that the verdict's mail answers: by token, else, for a reply, the latest prompt. nil means that it
// stands for itself.
func (r *Reader) answered(ctx context.Context, v *Verdict) (*team.Sent, error) {
	found := v.found
	if found != nil && found.err == nil {
		t, named := found.token, found.reference()
		sent, ok, err := r.Directory.Sent(ctx, named.Kind, named.MemberID, named.ID, named.Day)
		if err != nil {
			return nil, fmt.Errorf("looking up the mail that is answered: %w", err)
		}
		v.How = found.where
		if ok {
			return &sent, nil
		}
		v.How += " (the mail itself is not kept any more)"
		return rebuilt(v.Person, t), nil
	}
	v.How = "the sender and the day"
	if found != nil {
		v.How += " (its reply address was not made by this daybreak)"
	}
	subject, isReply := replyTo(v.Message.Subject)
	if !isReply {
		return nil, nil
	}
	prompts, err := r.Directory.LatestPrompts(ctx, v.Person.ID)
	if err != nil {
		return nil, fmt.Errorf("looking up the latest prompts: %w", err)
	}
	var match *team.Sent
	for i, sent := range prompts {
		if sent.Subject != subject || v.Mail.ReceivedAt.Sub(sent.Day.Instant(0, time.UTC)) > latestFor {
			continue
		}
		if match != nil && match.TeamID != sent.TeamID {
			return nil, nil // two teams ask alike
		}
		if match == nil {
			match = &prompts[i]
		}
	}
	if match != nil {
		v.How = "the sender and the subject of their latest prompt"
	}
	return match, nil
}

// replyTo takes off what clients put before a subject to answer it.
func replyTo(subject string) (original string, isReply bool) {
	for range 5 {
		prefix := replySubject.FindString(subject)
		if prefix == "" {
			break
		}
		subject, isReply = strings.TrimSpace(subject[len(prefix):]), true
	}
	return subject, isReply
}

// rebuilt is what the token alone tells of a prompt that is not in the database: its check-in and its day. nil if it was no prompt.
func rebuilt(p *team.Person, t token.Token) *team.Sent {
	if t.Kind != token.Prompt && t.Kind != token.Reminder {
		return nil
	}
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			if c.ID == t.ID {
				return &team.Sent{Kind: mailKinds[t.Kind], MemberID: p.ID, TeamID: m.Team.ID, CheckInID: c.ID, Day: t.Day, Questions: c.Questions}
			}
		}
	}
	return nil
}
