package order

import (
	"regexp"

	"daybreak/internal/team"
)

// wording is how people say an order with more words than its own, and these. Words that may as well tell of work are asked about.
type wording struct {
	said  *regexp.Regexp
	own   string
	kind  Kind // what the own words must come to
	asked bool
}

const (
	wish = `^(?:(?:can|could|would|will) you |i want to |i'd like to |i would like to |i’d like to |let me |can i |may i |could i )?`
	give = wish + `(?:send|give|show|get|mail|email) me `
	end  = `\??$`
)

var wordings = []wording{
	said(wish+`(?:set|change|switch|move|update) my (tz|timezone|time zone|prompts?|digests?)(?: time)?(?: to| at)? (.+)$`, "$1 $2", Set),
	said(`^my (tz|timezone|time zone) is(?: now)? (.+)$`, "$1 $2", Set),
	said(wish+`(?:prompt|ask|remind) me at (.+)$`, "prompt $1", Set),
	said(wish+`send (?:me )?(?:my|the) digests? at (.+)$`, "digest $1", Set),
	said(wish+`(?:switch|change|set|move|send)(?: me| my digests?) (?:back )?(?:to )?(weekly|daily)(?: digests?)?$`, "$1", Set),
	said(`^(?:only (weekly|daily)|(weekly|daily) only)(?: digests?)?$`, "$1$2", Set),
	perhaps(`^(?:set|change|move) (?:the )?(tz|timezone|time zone|prompts?|digests?)(?: time)?(?: to| at)? (.+)$`, "$1 $2", Set),
	perhaps(`^(prompt|digest) (?:time|to|time to) (.+)$`, "$1 $2", Set),
	perhaps(`^(?:switch|change|go|back) (?:back )?to (weekly|daily)(?: digests?)?$`, "$1", Set),
	said(give+`(?:a|the|my) digest(?: right)?(?: now)?(?: please)?`+end, "digest now", Digest),
	said(wish+`send (?:a |the |my )?digest now$`, "digest now", Digest),
	said(give+`(?:a|the|my) digest (since .+)$`, "digest $1", Since),
	said(give+`(?:a|the|my) full digest`+end, "digest full", Full),
	said(wish+`(?:(?:send|give|show|get|mail|email) me|export|download) (?:all )?(?:of )?my data`+end, "my data", Data),
	said(wish+`(?:pause|stop) (?:all )?(?:of )?my (?:e-?mails?|mails?|prompts|digests)`+end, "pause", Pause),
	said(`^(?:unmute(?: me)?|(?:start|resume) sending(?: me)?(?: mails?| e-?mails?)?(?: again)?)$`, "resume", Resume),
	said(`^(?:what are my settings|what(?:'s|’s| is) my (?:status|settings)|(?:my )?current settings)`+end, "settings", Settings),
	said(wish+`(?:add (?:an |the |my )?alias|alias add)[: ]+(\S+@\S+)$`, "alias $1", Alias),
	said(wish+`add (\S+@\S+) as (?:an |my )(?:alias|other address)$`, "alias $1", Alias),
	perhaps(`^alias (\S+) at (\S+)$`, "alias $1@$2", Alias),
	perhaps(`^(?:\?+|halp|hlp)$`, "help", Help),
	perhaps(`^t[xyc] (.+)$`, "tz $1", Set),
	perhaps(`^(prompt|digest) (?:at )?half past \S+$`, "$1 16:30", Set),
	said(`^my other (?:e-?mail |mail )?address is (\S+@\S+)$`, "alias $1", Alias),
	said(wish+`(?:change|set) my name to (.+)$`, "name $1", Name),
	said(`^my name is(?: now)? (.+)$`, "name $1", Name),
	said(wish+`rename me to (.+)$`, "name $1", Name),
	said(`^(?:i want to|i'd like to|i would like to|i’d like to|let me|can i|may i|could i) (join|leave) (.+?)`+end, "$1 $2", ""),
	said(wish+`add me to (.+?)`+end, "join $1", Join),
	said(wish+`(?:remove me from|take me off|take me out of) (.+?)`+end, "leave $1", Leave),
}

func said(pattern, own string, kind Kind) wording {
	return wording{said: regexp.MustCompile(`(?i)` + pattern), own: own, kind: kind}
}

func perhaps(pattern, own string, kind Kind) wording {
	w := said(pattern, own, kind)
	w.asked = true
	return w
}

// readWording reads an order that is said with more words than its own.
func readWording(line string) (*Order, *team.Doubt) {
	for _, w := range wordings {
		at := w.said.FindStringSubmatchIndex(line)
		if at == nil {
			continue
		}
		own := string(w.said.ExpandString(nil, w.own, line, at))
		o, _ := Read(own)
		switch {
		case o == nil || w.kind != "" && o.Kind != w.kind || o.Doubt != nil:
			continue
		case w.asked:
			return nil, &team.Doubt{Why: "it may also tell of work", Try: []string{own}}
		}
		o.Said = true
		return o, nil
	}
	return nil, nil
}
