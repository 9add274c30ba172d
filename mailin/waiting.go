package mailin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/mailin/reply"
)

// waits finds the one question that waits for the writer in the mail that they answer, if what they say may be an answer to it: words that only
// decide, or any words if the mail shows nothing else that could be answered.
func (r *Reader) waits(ctx context.Context, v *Verdict) error {
	s := v.Answers
	if s == nil || len(s.Marks) == 0 || v.archive || len(v.Reading.Comments) > 0 || v.Reading.Correction || v.Reading.Reply == "" {
		return nil
	}
	digest := s.Kind == team.DigestMail
	if !digest && s.Kind != team.PromptMail && s.Kind != team.ReminderMail || !reply.Decides(v.Reading.Reply, v.Person.Name) && (!digest || !saysPlainly(v)) {
		return nil
	}
	asked, err := r.Directory.AskedOf(ctx, v.Person.ID, slices.Sorted(maps.Values(s.Marks)))
	if err != nil {
		return fmt.Errorf("looking up what is asked of the sender: %w", err)
	}
	if len(asked) == 1 {
		v.waiting = asked[0]
	}
	return nil
}

// saysPlainly tells whether the mail that is answered shows one thing, and what the person says is neither an update by its form nor asks
// anybody else.
func saysPlainly(v *Verdict) bool {
	return len(v.Answers.Marks) == 1 && !v.Reading.Headed && v.Reading.Short == "" && !slices.ContainsFunc(v.Reading.Items, func(i team.NewItem) bool {
		_, asks := askWords(i.Text)
		return asks && strings.ContainsAny(i.Text, "@?？؟") || i.Kind == team.Ask || handle.MatchString(i.Text)
	})
}

// answersWaiting takes what the mail says as the answer to the question that waits for its writer.
func answersWaiting(v *Verdict) {
	c := team.NewComment{ItemID: v.waiting, Kind: team.Remark, Text: strings.TrimSpace(v.Reading.Reply)}
	if emoji, ok := reply.ReactionIn(c.Text); ok {
		c.Kind, c.Text = team.Reaction, emoji
	}
	v.Mail.Comments = []team.NewComment{c}
	v.end(team.Stored, "it answers the question that waits for its writer in the %s of %s", v.Answers.Kind, v.Answers.Day)
}
