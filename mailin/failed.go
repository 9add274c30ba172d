package mailin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/bounce"
)

// failed finds whom of our members a bounce or a complaint is about, and what follows for them. Anybody can write a report: one is only
// believed to tell of more than a passing trouble if it names a mail that we sent to the member, by a token of ours.
func (r *Reader) failed(ctx context.Context, v *Verdict) error {
	if v.archive {
		return nil
	}
	if v.Mail.Outcome == team.Complaint {
		return r.complaint(ctx, v)
	}
	t, text, proven := r.namedToken(v)
	if !proven {
		return r.claimedFailures(ctx, v)
	}
	if t.Kind == token.Notice && t.Member == 0 {
		if len(v.Failed) > 0 {
			v.Mail.Failures = []team.Failure{{About: text, Hard: v.Failed[0].Permanent, Why: why(v.Failed[0])}}
		}
		v.Mail.Reason += ", and of a mail to the admin"
		return nil
	}
	person, known, err := r.Directory.Person(ctx, t.Member)
	if err != nil {
		return fmt.Errorf("looking up whom a report is about: %w", err)
	}
	if !known || len(person.Teams) == 0 && t.Kind != token.Notice { // who is invited is in none yet
		return nil
	}
	f, ok := failureOf(person, v.Failed)
	if !ok {
		return nil
	}
	v.Mail.Failures = []team.Failure{{MemberID: person.ID, About: text, Hard: f.Permanent, Why: why(f)}}
	v.Mail.Reason += ", and of a mail of ours to " + person.Address()
	return nil
}

// claimedFailures are the failures of a report that names members, but no mail of ours.
func (r *Reader) claimedFailures(ctx context.Context, v *Verdict) error {
	for _, f := range v.Failed {
		for _, addr := range []string{f.Original, f.Recipient} {
			if addr == "" {
				continue
			}
			person, known, err := r.Directory.PersonByAddress(ctx, addr)
			if err != nil {
				return fmt.Errorf("looking up whom a report is about: %w", err)
			}
			told := slices.ContainsFunc(v.Mail.Failures, func(f team.Failure) bool { return f.MemberID == person.ID })
			if known && len(person.Teams) > 0 && !told {
				v.Mail.Failures = append(v.Mail.Failures, team.Failure{MemberID: person.ID, Why: why(f)})
			}
		}
	}
	return nil
}

// namedToken finds in a report the token of a mail of ours: in the address that it was sent to, or in the mail that it returns. One
// that has expired proves as well that we sent the mail.
func (r *Reader) namedToken(v *Verdict) (t token.Token, text string, ok bool) {
	var texts []string
	for _, a := range recipients(v.Message) {
		texts = append(texts, r.fromBounceAddress(a), r.fromAddress(a))
	}
	for _, ours := range append([]string{r.Address}, r.Others...) {
		_, domain, _ := strings.Cut(ours, "@")
		for _, named := range bounce.Named(v.Message, domain) {
			texts = append(texts, token.FromBounceAddress(ours, named), token.FromAddress(ours, named), token.FromMessageID(ours, named))
		}
	}
	for _, text := range texts {
		if text == "" {
			continue
		}
		t, err := r.verify(text, v.Mail.ReceivedAt)
		if err == nil || errors.Is(err, token.ErrExpired) {
			return t, text, true
		}
	}
	return token.Token{}, "", false
}

// comesBack tells whether a mail without a sender came to the address for the bounces of a mail of ours, and is not somebody's
// automatic answer: then it is one, whatever it says.
func (r *Reader) comesBack(v *Verdict) bool {
	if !nullSender(v.Message) || answersForSomebody(v.Message) {
		return false
	}
	return slices.ContainsFunc(recipients(v.Message), func(a string) bool {
		_, err := r.verify(r.fromBounceAddress(a), v.Mail.ReceivedAt)
		return err == nil || errors.Is(err, token.ErrExpired)
	})
}

// failureOf picks what a report tells of a person: by their address, else, if there is but one failure, that one: their mail
// may have been passed on.
func failureOf(p team.Person, failures []bounce.Failure) (bounce.Failure, bool) {
	for _, f := range failures {
		if slices.Contains(p.Addresses, f.Recipient) || slices.Contains(p.Addresses, f.Original) {
			return f, true
		}
	}
	if len(failures) == 1 {
		return failures[0], true
	}
	return bounce.Failure{}, false
}

// why is the words on a failure, with the status in front if they do not have it.
func why(f bounce.Failure) string {
	if f.Status == "" || strings.Contains(f.Why, f.Status) {
		return f.Why
	}
	return strings.TrimSpace(f.Status + " " + f.Why)
}
