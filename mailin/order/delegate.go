package order

import (
	"strings"

	"daybreak/internal/team"
)

// readDelegate reads an address that may write for the member, or may no more.
func readDelegate(line string) (*Order, *team.Doubt) {
	o := Order{Kind: Undelegate}
	rest, ok := follows(line, "undelegate", "delegate remove", "remove delegate")
	if !ok {
		if rest, ok = follows(line, "delegate"); !ok {
			return nil, nil
		}
		o.Kind = Delegate
	}
	o.Address = address(strings.TrimPrefix(rest, "to "))
	switch {
	case !strings.Contains(o.Address, "@") || strings.Contains(o.Address, " "):
		return nil, nil
	case !isAddress(o.Address):
		return nil, noAddress(o.Address, "delegate bot@example.org")
	}
	return &o, nil
}

// ReadFor gives the name or the address for whom an update is, from its first line, such as "for: Mia" or "For mia@example.com:"; "" for
// what is no such line.
func ReadFor(line string) string {
	line = strings.Join(strings.Fields(line), " ")
	if len(line) < 5 || len(line) > longest || !strings.EqualFold(line[:3], "for") || line[3] != ':' && line[3] != ' ' {
		return ""
	}
	whom := strings.Trim(line[4:], " :<>")
	if line[3] == ' ' && !strings.Contains(whom, "@") || strings.Count(whom, " ") >= nameWords || strings.Contains(whom, "@") && strings.Contains(whom, " ") {
		return ""
	}
	return whom
}
