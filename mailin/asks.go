package mailin

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// asks finds among the items those that ask members of the team something, and when an answer is due. A question to several is an item for
// each of them. Who names somebody whom it cannot ask is told so, and the words stay as they are.
func (r *Reader) asks(ctx context.Context, v *Verdict) error {
	u := v.Mail.Update
	if u == nil || v.archive {
		return nil
	}
	t, _ := v.Person.Team(u.TeamID)
	k := asking{in: t, writer: v.Person.ID}
	var items []team.NewItem
	for _, item := range u.Items {
		words, explicit := askWords(item.Text)
		if item.Kind != team.Ask && !explicit && !strings.Contains(item.Text, "@") {
			items = append(items, item)
			continue
		}
		if k.members == nil {
			all, err := r.Directory.Members(ctx, t.ID)
			if err != nil {
				return fmt.Errorf("looking up whom it asks: %w", err)
			}
			k.members = all
		}
		found := k.whom(words, explicit, item.Kind)
		for _, p := range found.asked {
			items = append(items, team.NewItem{Kind: team.Ask, Question: item.Question, Text: words, Asked: p.ID, Due: r.due(v, words, p, t)})
		}
		if len(found.asked) == 0 {
			items = append(items, item)
		}
		if len(found.doubts) > 0 {
			unasked(v, item, found.doubts)
		}
	}
	u.Items = items
	return nil
}

// unasked tells the writer that an item asks nobody, or not all whom it names.
func unasked(v *Verdict, item team.NewItem, doubts []team.Doubt) {
	a := v.Mail.Answer
	switch {
	case a != nil && a.Kind == team.AnswerUnasked:
	case a != nil && a.Kind != team.AnswerUnderstood && a.Kind != team.AnswerUnsure: // it is about something else
		a.LeftOut = append(a.LeftOut, team.LeftOut{Words: shortened(item.Text), Why: "asks nobody, as " + doubts[0].Why})
		return
	default:
		a = &team.NewAnswer{MemberID: v.Person.ID, Kind: team.AnswerUnasked}
		v.Mail.Answer = a
	}
	for _, d := range doubts {
		if !strings.Contains(a.Doubt.Why, d.Why) {
			if a.Doubt.Why != "" {
				a.Doubt.Why += ", and "
			}
			a.Doubt.Why += d.Why
		}
		a.Doubt.Try = append(a.Doubt.Try, d.Try...)
	}
}

// askWords takes the word off with which an ask may begin.
func askWords(text string) (words string, named bool) {
	for _, word := range []string{"ask ", "ask: ", "asking "} {
		if len(text) > len(word) && strings.EqualFold(text[:len(word)], word) {
			return strings.TrimSpace(text[len(word):]), true
		}
	}
	return text, false
}

// handle is a name behind "@".
var handle = regexp.MustCompile(`(?:^|[\s(,;:])@([\p{L}\p{M}\d][\p{L}\p{M}\d._-]*)`)

// addressed is the one member, but not the writer, whom words ask something; nil if that is not clear. Words that are known to ask may name
// them in any way, others with "@" and a question mark.
func addressed(words string, asks bool, members []team.Person, writer int64) *team.Person {
	only := func(fits func(team.Person) bool) (found *team.Person) {
		for i := range members {
			if members[i].ID == writer || !fits(members[i]) {
				continue
			}
			if found != nil {
				return nil
			}
			found = &members[i]
		}
		return found
	}
	if m := handle.FindStringSubmatch(words); m != nil {
		if !asks && !strings.ContainsAny(words, "?？؟") {
			return nil
		}
		name := strings.TrimRight(spell.Plain(m[1]), "._-")
		return only(func(p team.Person) bool { return answersTo(p, name) })
	}
	if !asks {
		return nil
	}
	return only(func(p team.Person) bool { return spell.Names(words, p.Name) })
}

// answersTo tells whether a name behind "@" is the member's: their first name, all of it, or what stands before the "@" of an address.
func answersTo(p team.Person, name string) bool {
	words := strings.Fields(spell.Plain(p.Name))
	if len(words) > 0 && (words[0] == name || strings.Join(words, "") == name || strings.Join(words, ".") == name || strings.Join(words, "-") == name ||
		strings.Join(words, "_") == name || strings.Join(words, " ") == name) {
		return true
	}
	for _, a := range p.Addresses {
		if local, _, _ := strings.Cut(a, "@"); spell.Plain(local) == name {
			return true
		}
	}
	return false
}
