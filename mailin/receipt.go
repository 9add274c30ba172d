package mailin

import (
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/reply"
)

const (
	mostLeftOut    = 8   // things that a receipt tells of
	longestLeftOut = 400 // bytes of each
)

// receipt is what the sender is told of a mail that became an update, or had no words, in the team; nil if nothing is. An answer to
// a receipt gets none unless they always come, or unclear mails would go back and forth.
func (r *Reader) receipt(v *Verdict, t team.Team) *team.NewAnswer {
	setting := v.Person.RuleIn(t).Receipts
	a := team.NewAnswer{MemberID: v.Person.ID}
	switch {
	case v.doubt != "" && v.Mail.Outcome == team.Stored: // an answer to what may be an order is always due
		a.Kind, a.Doubt.Why = team.AnswerUndated, v.doubt
		return &a
	case v.heading != nil && v.Mail.Outcome == team.Stored:
		a.Kind, a.Doubt = team.AnswerHeading, *v.heading
		return &a
	case setting == team.ReceiptsNever:
		return nil
	case v.Mail.Outcome == team.Empty && unreadable(v):
		a.Kind = team.AnswerEncrypted
		return &a
	case v.Mail.Outcome == team.Empty:
		a.Kind = team.AnswerEmpty
	case v.Reading.Confidence < reply.Sure:
		a.Kind = team.AnswerUnsure
	default:
		a.Kind = team.AnswerUnderstood
	}
	isReceipt := v.Answers != nil && v.Answers.Kind == team.ReceiptMail
	if setting != team.ReceiptsAlways && (a.Kind == team.AnswerUnderstood || isReceipt) {
		return nil
	}
	for _, e := range v.Reading.Elided {
		if words := strings.TrimSpace(e.Text); !e.Ours && words != "" && len(a.LeftOut) < mostLeftOut {
			a.LeftOut = append(a.LeftOut, team.LeftOut{Words: shortened(words), Why: e.Why})
		}
	}
	return &a
}

// added is what the sender is told of a mail that only answers items, if that is to be told; nil if not. A tap on a button is no mail of theirs.
func added(v *Verdict) *team.NewAnswer {
	if v.Mail.Answer != nil || v.Mail.Update != nil || len(v.Mail.Comments) == 0 || v.Message.Reacts || v.Person.DigestRule().Receipts != team.ReceiptsAlways {
		return nil
	}
	return &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerAdded}
}

// shortened is as much of words as a receipt tells.
func shortened(words string) string {
	return strings.ToValidUTF8(words[:min(len(words), longestLeftOut)], "")
}

// unreadable tells whether the mail's words are in an envelope that daybreak cannot open.
func unreadable(v *Verdict) bool {
	if !v.Message.Encrypted {
		return false
	}
	own := strings.TrimSpace(v.Reading.Reply)
	return own == "" || strings.HasPrefix(own, "-----BEGIN PGP")
}
