package order

import "strings"

// readPlace reads "leave", "leave web", "leave the web team" and "join web"; nil for what is none. Words behind these are a team, or begin a
// sentence of an update: "leave the flag on".
func readPlace(line string) *Order {
	first, rest, _ := strings.Cut(line, " ")
	kind := Kind(strings.ToLower(strings.TrimRight(first, ":")))
	if kind != Leave && kind != Join {
		return nil
	}
	words := strings.Fields(rest)
	if len(words) > 0 && strings.EqualFold(words[0], "the") {
		words = words[1:]
	}
	switch n := len(words); {
	case n > 1 && strings.EqualFold(words[0], "team"):
		words = words[1:]
	case n > 1 && strings.EqualFold(words[n-1], "team"):
		words = words[:n-1]
	}
	if len(words) == 0 && (kind == Join || rest != "") || len(words) > 5 {
		return nil
	}
	return &Order{Kind: kind, Team: strings.Join(words, " "), Unsure: len(words) > 0}
}

// misspeltPlace reads what is one of these but for its first word. Whether it is an order is known with the teams only.
func misspeltPlace(line string) *Order {
	first, rest, _ := strings.Cut(line, " ")
	for _, meant := range []Kind{Leave, Join} {
		if rest == "" || !near(strings.ToLower(strings.TrimRight(first, ":")), string(meant)) {
			continue
		}
		right := string(meant) + " " + rest
		if o := readPlace(right); o != nil {
			o.Doubt = unknown(first, right)
			return o
		}
	}
	return nil
}
