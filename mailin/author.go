package mailin

import (
	"context"
	"errors"
	"fmt"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/proof"
	"daybreak/mailin/reply"
)

// author finds whose voice a mail is; nil means that it has its outcome. A reply address that is right proves only that its owner had our
// mail: whoever they sent it on to has it too. So a mail with one that is not from its owner is held, and its owner is asked, unless it may
// be the mail that unsubscribes: then the owner is who it is about, as with the link.
func (r *Reader) author(ctx context.Context, v *Verdict) (*team.Person, error) {
	if r.confirmed != nil {
		if v.found != nil && v.found.token.Member != r.confirmed.ID {
			v.found = nil
		}
		return r.confirmed, nil
	}
	m, found := v.Message, v.found
	person, known, err := r.Directory.PersonByAddress(ctx, v.Mail.From)
	if err != nil {
		return nil, fmt.Errorf("looking up the sender: %w", err)
	}
	genuine := found != nil && found.err == nil
	switch {
	case genuine && found.token.Kind == token.Notice && found.token.Member == 0:
		v.end(team.Refused, "it answers a mail to the admin, and such answers are not read")
	case m.ManyFrom || len(m.From) > 1:
		v.end(team.Held, "it names more than one author, so nobody can be sure who wrote it")
	case v.Mail.From == "" && genuine:
		v.end(team.Held, "%s is right, but it has no sender that can be read", found.where)
	case v.Mail.From == "":
		v.end(team.Refused, "it has no sender that can be read")
	case !known && genuine:
		if unsubscribing(m) {
			owner, member, err := r.Directory.Person(ctx, found.token.Member)
			if err != nil {
				return nil, fmt.Errorf("looking up whose reply address it is: %w", err)
			}
			if v.stranger = member; member {
				return &owner, nil
			}
		}
		v.notTheirs()
	case !known:
		v.end(team.Refused, "%s is not an address of any member", v.Mail.From)
	case genuine && found.token.Member != person.ID:
		v.end(team.Held, "%s belongs to another member than the sender", found.where)
	case found != nil && errors.Is(found.err, token.ErrExpired) && found.token.Member == person.ID:
		v.Mail.MemberID = person.ID
		v.end(team.Held, "%s has expired: it answers a mail about %s", found.where, found.token.Day)
	default:
		return &person, nil
	}
	return nil, nil
}

// notTheirs holds a mail with a member's reply address that is from elsewhere, and has the member asked whether it is theirs.
func (v *Verdict) notTheirs() {
	v.end(team.Held, "%s is right, but %s is not an address of that member", v.found.where, v.Mail.From)
	v.ask(v.found.token.Member)
}

// ask has a member asked whether a held mail is theirs. Only an address that could become one of theirs is asked about.
func (v *Verdict) ask(member int64) {
	if team.SureAddress(v.Mail.From) {
		v.Mail.Confirm = &team.Confirm{MemberID: member, Address: v.Mail.From}
	}
}

// believe looks for proof that a mail is from the member whose address it has, if what it does needs some. One that has too little is
// held, and the member is asked whether it is theirs, unless a machine wrote it.
func (r *Reader) believe(ctx context.Context, v *Verdict) {
	k := v.known()
	if v.stranger {
		if !k.stops {
			v.withoutEffects()
			v.Person = nil
			v.notTheirs()
		}
		return
	}
	check := v.Person.SenderCheck()
	switch {
	case len(v.Person.Teams) == 0 && v.Mail.Joins == nil:
		check = team.SendersWarn
	case v.Mail.Joins != nil: // they may be in no team yet
		check = team.Person{Teams: []team.Membership{{Team: *v.Answers.Notice.Invites}}}.SenderCheck()
	}
	if v.checker == nil || r.confirmed != nil || check == team.SendersOff {
		return
	}
	if v.Mail.Outcome != team.Stored && v.Mail.Outcome != team.Empty && len(v.Mail.Private) == 0 && !k.order && !k.settles {
		return
	}
	v.Proof = v.checker.Check(ctx, v.Mail.Raw, v.Message)
	if v.archive && v.Proof.Verdict != proof.Fail { // nobody can be asked about what is long past
		return
	}
	why := r.doubted(ctx, v, check, k)
	switch {
	case why == "" && v.Proof.Verdict == proof.None:
		v.Mail.Unproven = v.Proof.Why
	case why == "":
	case v.Mail.Outcome == team.Empty, k.machine && v.Mail.Outcome == team.Old:
		v.Mail.Answer, v.Mail.Event = nil, nil
	default:
		v.withoutEffects()
		v.end(team.Held, "%s", why)
		if !k.settles && !k.machine { // else one would ask about the answer to a question, or a machine
			v.ask(v.Person.ID)
		}
	}
}

// withoutEffects takes from a mail what it would do.
func (v *Verdict) withoutEffects() {
	m := v.Mail
	v.Mail = team.Mail{UID: m.UID, Identity: m.Identity, Raw: m.Raw, Size: m.Size, Truncated: m.Truncated, MessageID: m.MessageID, From: m.From,
		Subject: m.Subject, Date: m.Date, ReceivedAt: m.ReceivedAt, Missed: m.Missed}
}

// changes tells whether a mail gives an order that changes something.
func changes(m team.Mail) bool {
	return m.Alias != "" || m.Delegate != "" || m.Undelegate != "" || m.Lead != nil || m.Forget || m.Unalias != "" || m.Pause != nil || m.Set != nil ||
		m.Name != "" || m.Leave != 0 || m.Join != 0 || m.Undo || m.Away != nil || !m.Back.IsZero() || m.Event != nil
}

// known is what is known of a mail from a member's address.
type known struct {
	proof.Evidence
	answers bool // it has the reply address, or answers the Message-ID, of a mail to that member
	order   bool // it changes something
	stops   bool // nothing but the mails to the member, by the address of List-Unsubscribe in one of them
	settles bool // it answers the question whether another mail is the member's, or whether they want to be in a team
	machine bool // a program wrote it for the member: a calendar, an auto-responder
	told    bool // the mailbox's server tells what it finds out about senders
	strict  bool // the sender's domain says that mail without proof is not from it
}

// known tells what a mail itself lets know.
func (v *Verdict) known() known {
	k := known{answers: v.found != nil && v.found.err == nil, order: changes(v.Mail), settles: v.Mail.Settles != nil || v.Mail.Joins != nil, machine: v.byProgram}
	k.stops = k.answers && v.Mail.Pause != nil && *v.Mail.Pause && v.Mail.Update == nil && unsubscribing(v.Message)
	return k
}

// doubted says why the mail, of which k is known, does not count as its member's; "" if it does.
func (r *Reader) doubted(ctx context.Context, v *Verdict, check team.SenderCheck, k known) string {
	k.Evidence, k.told = v.Proof, v.checker.AuthservID != ""
	if v.Proof.Verdict == proof.None {
		k.strict = !k.answers && !k.told && v.checker.Strict(ctx, v.Proof.Domain)
	}
	return doubted(check, k)
}

// doubted says why a mail from a member's address does not count; "" if it does.
//
//	                                     | says something | changes something | settles a question | by a machine
//	our server says that it is forged    | held           | held, asked       | held               | does nothing
//	proof                                | counts         | counts            | counts             | counts
//	no proof, the team requires it       | held, asked    | held, asked       | counts             | does nothing
//	no proof, but answers a mail of ours | counts         | held, asked       | counts             | counts unless told
//	no proof, and answers nothing        | held, asked,   | held, asked       | held               | does nothing
//	                                     | if told/strict |                   |                    |
//	no proof, the mail that unsubscribes |                | counts            |                    |
//
// To answer a mail of ours is some evidence, since that was sent to the member's main address alone. But whoever it was sent on to has it as
// well, so that it is not enough for what changes something. The answer to a question of ours is enough in any case, or nobody could ever
// give it. The mail that a client sends for List-Unsubscribe does but what the link does, which needs no more either: mails stop, the
// member is told so, and a reply to that brings them back.
func doubted(check team.SenderCheck, k known) string {
	switch {
	case k.Verdict == proof.Fail:
		return k.Why
	case k.Verdict == proof.Pass || k.settles && k.answers || k.stops:
		return ""
	case check == team.SendersRequire:
		return "the team wants proof of who wrote: " + k.Why
	case k.machine && (k.told || !k.answers):
		return "a program says it, and nothing shows for whom: " + k.Why
	case k.order && !k.machine:
		return "it is an order, and nothing shows who wrote it: " + k.Why
	case !k.answers && k.told:
		return "it answers no mail of ours, and nothing shows who wrote it: " + k.Why
	case !k.answers && k.strict:
		return "it has no proof, without which " + k.Domain + " says that mail is not from there: " + k.Why
	}
	return ""
}

// settle takes a member's answer to the question whether a mail was theirs, if it is one.
func settle(v *Verdict) bool {
	if v.Answers == nil || !v.Answers.Confirms {
		return false
	}
	yes, no := reply.Affirms(v.Reading.Reply), reply.Denies(v.Reading.Reply)
	if !yes && !no {
		return false
	}
	v.Mail.Settles = &team.Settled{Mail: v.Answers.Answered, Yes: yes}
	if yes {
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerConfirmed}
		v.end(team.Command, "it says that mail %d was theirs", v.Answers.Answered)
	} else {
		v.end(team.Command, "it says that mail %d was not theirs", v.Answers.Answered)
	}
	return true
}

// Confirmed reads a held mail as that of the member who said so, as of when it was accepted.
func (r *Reader) Confirmed(ctx context.Context, p team.Person, held team.Earlier, raw []byte) (team.Reread, error) {
	then := *r
	then.confirmed = &p
	m := held.Mail
	v, err := then.Read(ctx, Raw{UID: m.UID, Bytes: raw, Size: m.Size, Truncated: m.Truncated}, team.Cursor{Account: held.Cursor.Account}, held.AcceptedAt)
	if err != nil {
		return team.Reread{}, fmt.Errorf("reading held mail %d: %w", held.ID, err)
	}
	return team.Reread{Earlier: held, Now: v.Mail}, nil
}
