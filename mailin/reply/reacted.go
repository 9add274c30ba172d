package reply

import (
	"regexp"
	"strings"
)

// Reactions that mail programs put into words, for those who do not know them otherwise.
var (
	// reactedTo is what Outlook and Exchange write to people elsewhere: "👍 Mia Rossi reacted to your message:", with the message below. The emoji
	// may be a picture, which is lost.
	reactedTo = regexp.MustCompile(`(?i)^(\S*) ?\S.{0,80} (?:reacted to your message|hat auf (?:Ihre|deine) Nachricht reagiert|` +
		`a réagi à (?:votre|ton) message|reaccionó a (?:su|tu) mensaje|ha reagito al (?:suo|tuo) messaggio) ?[:：]$`)
	// tapback is what Apple's Messages writes: "Liked “the words”", "Reacted 🎉 to “the words”".
	tapback = regexp.MustCompile(`^(Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted (\S+) to) [“"](.+?)(?:…|\.\.\.)?[”"]$`)

	tapbacks = map[string]string{
		"Liked": "👍", "Loved": "❤️", "Disliked": "👎", "Laughed at": "😂", "Emphasized": "‼️", "Emphasised": "‼️", "Questioned": "❓",
	}
)

// ReactedBy tells whether the words are those that a mail program writes for a user who reacts to the text that we sent, and gives the
// emoji, "?" if that is not in the words; "" if they are not.
func ReactedBy(words, sent string) string {
	if len(words) > 4096 {
		return ""
	}
	words = strings.Join(strings.Fields(words), " ")
	if m := reactedTo.FindStringSubmatch(words); m != nil {
		if emoji, ok := ReactionIn(m[1]); ok {
			return emoji
		}
		return "?"
	}
	m := tapback.FindStringSubmatch(words)
	if m == nil || !strings.Contains(strings.Join(strings.Fields(sent), " "), m[3]) {
		return ""
	}
	if m[2] != "" {
		emoji, _ := ReactionIn(m[2])
		return emoji
	}
	return tapbacks[m[1]]
}
