package mailin

import (
	"context"
	"fmt"

	"daybreak/internal/team"
	"daybreak/mailin/proof"
)

// isJunk ends a mail that lay in a folder for junk, unless something shows that it does not belong there: a token of ours, which a reply
// has and a report on a mail of ours, or proof that it is from the member whose address it has. Nobody is asked or told about junk, and its
// bytes are not kept; of a copy that somebody moves to another folder more may come.
func (r *Reader) isJunk(ctx context.Context, v *Verdict) (bool, error) {
	if !v.junk {
		return false, nil
	}
	meant := false
	switch v.Mail.Outcome {
	case team.Quarantined, team.Old, team.Probe:
		return false, nil
	case team.Bounce, team.Complaint:
		_, _, meant = r.namedToken(v)
		if !meant && v.Mail.Outcome == team.Complaint {
			_, meant = r.leftToken(v)
		}
	case "", team.AutoReply:
		found := r.findToken(v.Message, v.Mail.ReceivedAt)
		meant = found != nil && found.err == nil
		if !meant {
			var err error
			if meant, err = r.provenMember(ctx, v); err != nil {
				return false, err
			}
		}
	}
	if meant {
		return false, nil
	}
	v.withoutEffects()
	v.Mail.Unkept = true
	v.end(team.Junk, "it lay in the folder for junk, and nothing shows that it is from a member or about a mail of ours")
	return true, nil
}

// genuine tells whether the mail has a token of ours that is good.
func (v *Verdict) genuine() bool { return v.found != nil && v.found.err == nil }

// provenMember tells whether the mail is from a member beyond doubt.
func (r *Reader) provenMember(ctx context.Context, v *Verdict) (bool, error) {
	_, known, err := r.Directory.PersonByAddress(ctx, v.Mail.From)
	if err != nil {
		return false, fmt.Errorf("looking up the sender: %w", err)
	}
	if !known || v.checker == nil {
		return false, nil
	}
	return v.checker.Check(ctx, v.Mail.Raw, v.Message).Verdict == proof.Pass, nil
}
