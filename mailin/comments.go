package mailin

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
	if n := v.Answers.Notice; n != nil && n.Kind == team.CommentsNotice && !v.archive { // it shows one item, and all is about that
		return aboutOne(v)
	}
	if v.archive { // nobody reads a thread that is long over
		if len(found) > 0 && items == 0 {
			v.end(team.Old, "it answered items of a digest before daybreak was first started here")
			return false
		}
		return true
	}
	if marks := strays(v); len(marks) > 0 {
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerStray, Doubt: team.Doubt{Why: strings.Join(marks, " or "), Try: ranges(v.Answers.Marks)}}
		for _, item := range v.Reading.Items {
			v.Mail.Answer.LeftOut = append(v.Mail.Answer.LeftOut, team.LeftOut{Words: shortened(item.Text), Why: "to nobody"})
		}
		items, v.Reading.Items = 0, nil
		if len(found) == 0 {
			v.end(team.Command, "it answers %s of the %s of %s, which has no such items", strings.Join(marks, ", "), v.Answers.Kind, v.Answers.Day)
			return false
		}
	}
	if v.waiting != 0 && len(found) == 0 && v.Reading.Reply != "" && v.doubt == "" && v.heading == nil {
		answersWaiting(v)
		return false
	}
	if len(found) == 0 && items == 1 && (v.Answers.Kind == team.DigestMail || v.Answers.Kind == team.WeeklyMail) {
		if emoji, ok := reply.ReactionIn(v.Reading.Reply); ok {
			return reaction(v, emoji)
		}
	}
	if emoji, ok := reply.ReactionIn(v.Message.Reaction); ok { // beside words
		if item, one := onlyItem(v); one {
			v.Mail.Comments = []team.NewComment{{ItemID: item, Kind: team.Reaction, Text: emoji}}
		}
	}
	var marks []string
	for _, c := range found {
		kind := team.Remark
		if c.Reaction {
			kind = team.Reaction
		}
		v.Mail.Comments = append(v.Mail.Comments, team.NewComment{ItemID: v.Answers.Marks[c.Mark], Kind: kind, Text: c.Text, Closes: c.Closes})
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

// markLike is a mark with which words begin: "a99 thanks".
var markLike = regexp.MustCompile(`^\W{0,2}([a-zA-Z]{1,2})(\d{1,4})[\])*]{0,2}(?:[\s:,;.!–—-]|$)`)

// strays are the marks with which all that the mail says begins, beside what answers items, if there are no such items but others of the same
// people: none of it is for all.
func strays(v *Verdict) (marks []string) {
	if v.Answers.Kind == team.PromptMail || v.Answers.Kind == team.ReminderMail {
		return nil
	}
	letters := map[string]bool{}
	for mark := range v.Answers.Marks {
		letters[strings.TrimRight(mark, "0123456789")] = true
	}
	for _, item := range v.Reading.Items {
		m := markLike.FindStringSubmatch(item.Text)
		if m == nil || !letters[strings.ToLower(m[1])] || v.Answers.Marks[strings.ToLower(m[1]+m[2])] != 0 {
			return nil
		}
		if mark := strings.ToLower(m[1] + m[2]); !slices.Contains(marks, mark) {
			marks = append(marks, mark)
		}
	}
	return marks
}

// ranges are the marks that there are: "a1–a4", "b1".
func ranges(marks map[string]int64) (list []string) {
	last := map[string]int{}
	for mark := range marks {
		letter := strings.TrimRight(mark, "0123456789")
		n, _ := strconv.Atoi(mark[len(letter):])
		last[letter] = max(last[letter], n)
	}
	letters := slices.SortedFunc(maps.Keys(last), func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, l := range letters {
		if last[l] == 1 {
			list = append(list, l+"1")
		} else {
			list = append(list, fmt.Sprintf("%s1–%s%d", l, l, last[l]))
		}
	}
	return list
}

// aboutOne takes what the mail says as an answer to the only item of the mail that it replies to.
func aboutOne(v *Verdict) (rest bool) {
	item, _ := onlyItem(v)
	words := []string{}
	for _, c := range v.Reading.Comments {
		words = append(words, c.Text)
	}
	for _, i := range v.Reading.Items {
		words = append(words, i.Text)
	}
	said := strings.Join(words, "\n\n")
	if len(v.Reading.Comments) == 0 {
		said = strings.TrimSpace(v.Reading.Reply)
	}
	if said == "" {
		v.end(team.Empty, "it answers the comments on an item (%s), but has no words of its own", v.How)
		return false
	}
	c := team.NewComment{ItemID: item, Kind: team.Remark, Text: said}
	if emoji, ok := reply.ReactionIn(said); ok {
		c.Kind, c.Text = team.Reaction, emoji
	}
	v.Mail.Comments = []team.NewComment{c}
	v.end(team.Stored, "it answers the comments on an item (%s)", v.How)
	return false
}

// reaction is what an emoji alone says: it is for the only item, or the first one of the only person in the digest.
func reaction(v *Verdict, emoji string) (rest bool) {
	item, one := onlyItem(v)
	if !one {
		first := slices.Min(slices.Collect(maps.Keys(v.Answers.Marks)))
		v.Mail.Answer = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnclear, Words: emoji,
			Doubt: team.Doubt{Why: "nobody knows for which item it is", Try: []string{emoji + " " + first}}}
		v.end(team.Command, "it is %s alone, and the %s of %s has items of several people", emoji, v.Answers.Kind, v.Answers.Day)
		return false
	}
	v.Mail.Comments = []team.NewComment{{ItemID: item, Kind: team.Reaction, Text: emoji}}
	v.end(team.Stored, "it is a reaction to the %s of %s", v.Answers.Kind, v.Answers.Day)
	return false
}

// reacts takes a mail that a mail program wrote as its user reacted with a button. Where it is not clear to which item, it does nothing: they
// wrote no words that could be lost, and are not asked about a tap.
func reacts(v *Verdict) bool {
	said := v.Message.Reaction
	if !v.Message.Reacts {
		if v.Answers == nil {
			return false
		}
		if said = reply.ReactedBy(v.Reading.Reply, v.Answers.Text); said == "" {
			return false
		}
	}
	emoji, ok := reply.ReactionIn(said)
	switch item, one := onlyItem(v); {
	case v.archive:
		v.end(team.Old, "it reacts with %s to a mail from before daybreak was first started here", said)
	case !ok:
		v.end(team.Empty, "it reacts, but with %q", said)
	case v.Answers == nil:
		v.end(team.Empty, "it reacts with %s to a mail that is not known", emoji)
	case len(v.Answers.Marks) == 0:
		v.end(team.Empty, "it reacts with %s to the %s of %s, which shows no items", emoji, v.Answers.Kind, v.Answers.Day)
	case !one:
		v.end(team.Empty, "it reacts with %s to the %s of %s, which has items of several people", emoji, v.Answers.Kind, v.Answers.Day)
	default:
		v.Mail.Comments = []team.NewComment{{ItemID: item, Kind: team.Reaction, Text: emoji}}
		v.end(team.Stored, "it is a reaction to the %s of %s", v.Answers.Kind, v.Answers.Day)
	}
	return true
}

// onlyItem is the only item of the mail that is answered, or the first one if all are of one person.
func onlyItem(v *Verdict) (item int64, ok bool) {
	if v.Answers == nil || len(v.Answers.Marks) == 0 {
		return 0, false
	}
	marks := slices.Sorted(maps.Keys(v.Answers.Marks))
	letters := map[string]bool{}
	for _, m := range marks {
		letters[strings.TrimRight(m, "0123456789")] = true
	}
	return v.Answers.Marks[marks[0]], len(letters) == 1
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
