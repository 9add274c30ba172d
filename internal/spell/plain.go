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

// twins are letters that look like one of the Latin alphabet, and that one.
var twins = strings.NewReplacer("ı", "i", "ȷ", "j", "ɑ", "a", "ɡ", "g", "ø", "o", "đ", "d", "ł", "l", "ſ", "f",
	"а", "a", "в", "b", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "ѕ", "s", "ԁ", "d", "ԛ", "q", "ԝ", "w",
	"α", "a", "ε", "e", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "’", "'", "‐", "-")

// Seen is a name as it looks: two that give the same are hard to tell apart, whatever letters they are written in.
func Seen(name string) string {
	return twins.Replace(strings.Join(strings.Fields(Plain(norm.NFKC.String(name))), " "))
}
