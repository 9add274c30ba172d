package digest

import (
	"cmp"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Occasion is a mail that is foreseen: a digest or a roll-up comes if there is news then, a reminder if nothing was answered.
type Occasion struct {
	At      time.Time // in the zone of the rule by which it comes
	Person  team.Person
	Kind    team.SlotKind
	Team    team.Team // of a prompt or a reminder; zero for a digest and a roll-up, which are of all the person's teams
	CheckIn team.CheckIn
	Day     team.Date // the local date that it is about
}

// Forecast is what a person gets on their own local dates from one to another, both included, in order. One who is paused gets nothing.
// What they have not answered until now, by check-in, goes on: who is asked once a week stays so.
func Forecast(p team.Person, silent map[int64]team.Silence, from, through team.Date) ([]Occasion, error) {
	if p.Paused {
		return nil, nil
	}
	var list []Occasion
	add := func(rule team.Rule, o Occasion) error {
		loc, err := rule.Location()
		o.At, o.Person = o.At.In(loc), p
		if err == nil && !team.DateOf(o.At).Before(from) && !through.Before(team.DateOf(o.At)) {
			list = append(list, o)
		}
		return err
	}
	for _, in := range p.Teams {
		for _, c := range in.Team.CheckIns {
			after := from.Add(-remindedWithin - 1) // reminders of prompts before the first day may fall into it
			s := silent[c.ID]
			weekly := Rarely(c, s)
			if weekly {
				after = s.LastAsked.Add(-1)
			}
			for {
				slot, err := NextPrompt(p, in.Team, c, after, after.Instant(0, time.UTC).Add(-24*time.Hour))
				if err != nil {
					return nil, err
				}
				if slot == nil || through.Before(slot.Day) {
					break
				}
				after = slot.Day
				if weekly && (slot.Day != s.LastAsked || s.Unanswered > patience) { // else the one that says so comes next
					after = after.Add(6)
				}
				if err := add(p.RuleIn(in.Team), Occasion{At: slot.At, Kind: team.PromptSlot, Team: in.Team, CheckIn: c, Day: slot.Day}); err != nil {
					return nil, err
				}
				if !c.Reminder {
					continue
				}
				reminder, err := ReminderFor(p, in.Team, c, slot.Day, slot.At)
				if err != nil {
					return nil, err
				}
				if reminder == nil {
					continue
				}
				if err := add(p.DigestRule(), Occasion{At: reminder.At, Kind: team.ReminderSlot, Team: in.Team, CheckIn: c, Day: slot.Day}); err != nil {
					return nil, err
				}
			}
		}
	}
	for after := from.Add(-1); len(p.Teams) > 0; {
		slot, err := NextDigest(p, after, after.Instant(0, time.UTC).Add(-24*time.Hour))
		if err != nil {
			return nil, err
		}
		if slot == nil || through.Before(slot.Day) {
			break
		}
		after, p.Told, p.Missed = slot.Day, slot.Day, false
		if err := add(p.DigestRule(), Occasion{At: slot.At, Kind: team.DigestSlot, Day: slot.Day}); err != nil {
			return nil, err
		}
	}
	for after := from.Add(-1); len(p.Teams) > 0; {
		slot, err := NextRollup(p, after, after.Instant(0, time.UTC).Add(-24*time.Hour))
		if err != nil {
			return nil, err
		}
		if slot == nil || through.Before(slot.Day) {
			break
		}
		after, p.Rolled = slot.Day, slot.Day
		if err := add(p.DigestRule(), Occasion{At: slot.At, Kind: team.WeeklySlot, Day: slot.Day}); err != nil {
			return nil, err
		}
	}
	SortOccasions(list)
	return list, nil
}

// SortOccasions puts occasions in the order of time, and at the same time of people and kinds.
func SortOccasions(list []Occasion) {
	slices.SortStableFunc(list, func(a, b Occasion) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Person.Address(), b.Person.Address()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Team.Slug, b.Team.Slug))
	})
}
