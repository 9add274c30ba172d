// Package spell finds the word that was probably meant. In come a word as it was written and the words that are allowed; out comes the
// nearest of these; and what makes two names the same to the eye. It knows no language and judges nothing but letters.
package spell

import (
	"strings"
	"unicode/utf8"
)

// Nearest is the word that was probably meant, "" if none is near.
func Nearest(word string, words []string) string {
	best, bestDistance := "", min(max(len(word)/3, 1), 4)+1
	for _, w := range words {
		if n := len(w) - len(word); n >= bestDistance*utf8.UTFMax || -n >= bestDistance*utf8.UTFMax {
			continue // a letter has up to four bytes
		}
		if d := Distance(strings.ToLower(word), strings.ToLower(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// Distance counts the letters to add, drop, change or swap with their neighbour to turn a into b.
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, previous := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row := make([]int, len(t)+1)
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := previous[j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			row[j] = min(change, previous[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(t)]
}
