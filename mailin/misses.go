package mailin

import (
	"strings"
	"time"

	"daybreak/internal/team"
)

const (
	missesAnHour  = 20     // reply addresses that daybreak did not make, from one source: more are guesses
	sourcesAtOnce = 10_000 // that are counted; if there are more, counting begins anew
)

// misses counts the reply addresses that daybreak did not make, by the domain of the address in From. Whoever guesses has the choice of
// that, but only mail with such a reply address is concerned: a good one is never turned away for it.
type misses struct{ by map[string]source }

type source struct {
	count int
	until time.Time
}

// turnAway ends a mail whose source has guessed too often. It is neither asked about nor answered.
func (c *misses) turnAway(v *Verdict, now time.Time) {
	if v.Mail.Outcome != "" || !v.Mail.Missed {
		return
	}
	_, domain, _ := strings.Cut(v.Mail.From, "@")
	if c.by == nil || len(c.by) >= sourcesAtOnce {
		c.by = map[string]source{}
	}
	s := c.by[domain]
	if !now.Before(s.until) {
		s = source{until: now.Add(time.Hour)}
	}
	s.count++
	c.by[domain] = s
	if s.count > missesAnHour {
		v.end(team.Refused, "it is one of more than %d within an hour from %s with a reply address that daybreak did not make", missesAnHour, domain)
	}
}
