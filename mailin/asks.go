package mailin

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// asks finds among the items those that ask a member of the team something, and when an answer is due.
func (r *Reader) asks(ctx context.Context, v *Verdict) error {
	u := v.Mail.Update
	if u == nil || v.archive {
		return nil
	}
	t, _ := v.Person.Team(u.TeamID)
	var members []team.Person
	for i := range u.Items {
		item := &u.Items[i]
		if item.Kind != team.Ask && !strings.Contains(item.Text, "@") {
			continue
		}
		if members == nil {
			all, err := r.Directory.Members(ctx, t.ID)
			if err != nil {
				return fmt.Errorf("looking up whom it asks: %w", err)
			}
			members = all
		}
		words, named := askWords(item.Text)
		asked := addressed(words, named || item.Kind == team.Ask, members, v.Person.ID)
		if asked == nil {
			continue
		}
		item.Kind, item.Text, item.Asked = team.Ask, words, asked.ID
		item.Due = r.due(v, words, *asked, t)
	}
	return nil
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
	if len(words) > 0 && (words[0] == name || strings.Join(words, "") == name || strings.Join(words, ".") == name || strings.Join(words, "-") == name) {
		return true
	}
	for _, a := range p.Addresses {
		if local, _, _ := strings.Cut(a, "@"); spell.Plain(local) == name {
			return true
		}
	}
	return false
}
