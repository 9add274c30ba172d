package trouble

import (
	"slices"
	"time"

	"daybreak/internal/team"
)

const (
	atMost  = 24 * time.Hour     // between two mails about one kind of trouble
	longest = 7 * 24 * time.Hour // between two about one that lasts
	lasting = 5 * time.Minute    // a trouble that is over sooner was hardly one
	worth   = time.Hour          // one that is over before it could be told is told all the same if it lasted so long
)

// ToTell picks of what is kept that which the admin is to be told now, in one mail: what began, what still lasts a day later, and then after ever
// longer times, and what is over. While nothing can be sent nothing is told: afterwards it is all in one mail. The gravest come first.
func ToTell(kept []team.Trouble, now time.Time) []team.Trouble {
	var list []team.Trouble
	news := false
	for _, t := range kept {
		switch {
		case t.Kind == team.AdminTrouble: // whom else
		case due(t, now):
			news = true
			list = append(list, t)
		case t.Waits: // another mail tells it, in place of which this one goes
			list = append(list, t)
		}
	}
	if !news {
		return nil
	}
	order := team.Troubles()
	slices.SortStableFunc(list, func(a, b team.Trouble) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return list
}

// due tells whether it is time to tell of a trouble.
func due(t team.Trouble, now time.Time) bool {
	allowed := t.ToldAt.IsZero() || now.Sub(t.ToldAt) >= atMost
	grave := t.Kind == team.FullTrouble || t.Kind == team.DamagedTrouble || t.Kind.Happens()
	switch {
	case !t.Ended.IsZero() && (t.OverTold || t.Kind.Happens()):
		return false
	case !t.Ended.IsZero() && t.Told > 0:
		return true
	case !t.Ended.IsZero():
		return allowed && (grave || t.Ended.Sub(t.Since) >= worth) && now.Sub(t.Ended) < atMost
	case t.Told == 0:
		return allowed && (grave || now.Sub(t.Since) >= lasting)
	}
	return now.Sub(t.ToldAt) >= min(atMost<<min(t.Told-1, 10), longest)
}

func kindsOf(list []team.Trouble) []team.TroubleKind {
	kinds := make([]team.TroubleKind, len(list))
	for i, t := range list {
		kinds[i] = t.Kind
	}
	return kinds
}
