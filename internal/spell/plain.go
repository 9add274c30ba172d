package spell

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain is a name without regard to case and accents, to order names by and to tell them apart.
func Plain(name string) string {
	for i := 0; i < len(name); i++ {
		if name[i] >= 0x80 {
			return strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Mn, r) {
					return -1
				}
				return unicode.ToLower(r)
			}, norm.NFD.String(name))
		}
	}
	return strings.ToLower(name)
}
