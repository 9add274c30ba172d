package mailin

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/bounce"
	"daybreak/mailin/proof"
)

// complaint finds who does not want our mail, and stops it. Providers black out of the mail that they return what could tell that, each in a
// way of its own: any token of ours that is left names the member. Without one the report must say whose it is, and be from whom it says.
func (r *Reader) complaint(ctx context.Context, v *Verdict) error {
	if !bounce.Stops(v.Message) {
		return nil
	}
	t, _, found := r.namedToken(v)
	if !found {
		t, found = r.leftToken(v)
	}
	if found {
		person, known, err := r.Directory.Person(ctx, t.Member)
		if err != nil {
			return fmt.Errorf("looking up whose a complaint is: %w", err)
		}
		if known {
			stopFor(v, person, t)
			return nil
		}
	}
	named := ""
	for _, f := range v.Failed {
		person, known, err := r.Directory.PersonByAddress(ctx, f.Recipient)
		switch {
		case err != nil:
			return fmt.Errorf("looking up whose a complaint is: %w", err)
		case !known:
			continue
		case v.checker != nil && v.checker.Check(ctx, v.Mail.Raw, v.Message).Verdict == proof.Pass:
			stopFor(v, person, token.Token{})
			return nil
		}
		named = person.Address()
	}
	v.Mail.Unclaimed = true
	v.Mail.Reason += "; what could tell who complained is blacked out, so that nothing is stopped"
	if named != "" {
		v.Mail.Reason += fmt.Sprintf("; it names %s, but nothing shows that it is about a mail of ours: daybreak member pause %[1]s", named)
	}
	return nil
}

// stopFor has nothing more sent to a person who complained. Whoever is only invited has said no.
func stopFor(v *Verdict, p team.Person, t token.Token) {
	v.Person, v.Mail.MemberID = &p, p.ID
	v.Mail.Reason += ", and a mail of ours to " + p.Address() + ": nothing more is sent there"
	if len(p.Teams) > 0 {
		pause := true
		v.Mail.Pause = &pause
		return
	}
	v.Mail.Joins = &team.Joins{}
	if t.Kind == token.Notice {
		v.Mail.Joins.Notice = t.ID
	}
}

// tokenForm are words that may be tokens: in a Message-ID, an address, a link, or the boundary between the parts of a mail.
var tokenForm = regexp.MustCompile(`(?i)\b[a-z2-7]{36,45}\b`)

// mostTokens is how many words of a report are tried.
const mostTokens = 500

// leftToken finds a token of ours anywhere in a report.
func (r *Reader) leftToken(v *Verdict) (token.Token, bool) {
	texts := [][]byte{v.Mail.Raw}
	for i := range v.Message.Parts {
		texts = append(texts, []byte(v.Message.Parts[i].Text))
	}
	for _, text := range texts {
		for _, word := range tokenForm.FindAll(text, mostTokens) {
			t, err := r.verify(string(word), v.Mail.ReceivedAt)
			if err == nil || errors.Is(err, token.ErrExpired) {
				return t, true
			}
		}
	}
	return token.Token{}, false
}
