package mailin

import (
	"maps"
	"slices"
	"strings"

	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/mailin/reply"
)

// comments takes what the mail answers to items of the digest that it replies to. rest tells whether it says something else, too.
func comments(v *Verdict) (rest bool) {
	items, short := len(v.Reading.Items), v.Reading.Short
	if v.Answers == nil || len(v.Answers.Marks) == 0 {
		return true
	}
	found := v.Reading.Comments
	if v.archive { // nobody reads a thread that is long over
		if len(found) > 0 && items == 0 {
			v.end(team.Old, "it answered items of a digest before daybreak was first started here")
			return false
		}
		return true
	}
	if len(found) == 0 && items == 1 {
		if emoji, ok := reply.ReactionIn(v.Reading.Reply); ok {
			return reaction(v, emoji)
		}
	}
	var marks []string
	for _, c := range found {
		kind := team.Remark
		if c.Reaction {
			kind = team.Reaction
		}
		v.Mail.Comments = append(v.Mail.Comments, team.NewComment{ItemID: v.Answers.Marks[c.Mark], Kind: kind, Text: c.Text})
		if !slices.Contains(marks, c.Mark) {
			marks = append(marks, c.Mark)
		}
	}
	if len(found) == 0 || items > 0 || short != "" {
		return true
	}
	v.end(team.Stored, "it answers %s of the %s of %s", strings.Join(marks, ", "), v.Answers.Kind, v.Answers.Day)
	return false
}

// reaction is what an emoji alone says: it is for the only item, or the first one of the only person in the digest.
func reaction(v *Verdict, emoji string) (rest bool) {
	marks := slices.Sorted(maps.Keys(v.Answers.Marks))
	letters := map[string]bool{}
	for _, m := range marks {
		letters[strings.TrimRight(m, "0123456789")] = true
	}
	if len(letters) > 1 {
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnclear, Words: emoji,
			Doubt: team.Doubt{Why: "nobody knows for which item it is", Try: []string{emoji + " " + marks[0]}}}
		v.end(team.Command, "it is %s alone, and the %s of %s has items of several people", emoji, v.Answers.Kind, v.Answers.Day)
		return false
	}
	v.Mail.Comments = []team.NewComment{{ItemID: v.Answers.Marks[marks[0]], Kind: team.Reaction, Text: emoji}}
	v.end(team.Stored, "it is a reaction to the %s of %s", v.Answers.Kind, v.Answers.Day)
	return false
}

// strayed ends a mail that answers items and says more, of which nobody knows for which team it is.
func (r *Reader) strayed(v *Verdict) {
	var try []string
	for _, in := range v.Person.Teams {
		try = append(try, token.Address(r.Address, in.Team.Slug))
	}
	v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnclear, Doubt: team.Doubt{
		Why: "what answers items is passed on, but nobody knows for which of your teams the rest is; write that to one of these", Try: try}}
	v.end(team.Stored, "it answers items of the %s of %s; the rest does not say for which team it is", v.Answers.Kind, v.Answers.Day)
}
