package mailin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
)

// TestAutomaticAnswersOfEveryClient lets each mail client write a reply in each language, and its server answer for somebody who is away. The
// first are all people's, also where they tell of a leave; the second are neither stored nor answered.
func TestAutomaticAnswersOfEveryClient(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is thousands of mails, and one goroutine")
	}
	people, machines := 0, 0
	for _, client := range mailtest.Clients() {
		o := newOffice(t) // one of its own, so that no hour has too many mails
		when := o.now.Add(-10 * time.Minute)
		for _, locale := range mailtest.Locales() {
			prompt := fmt.Sprintf("From: Platform <%s>\r\nTo: Aiko Tanaka <aiko@example.com>\r\nReply-To: Platform <%s>\r\nMessage-ID: <%s>\r\n"+
				"Subject: Platform: what happened today, Aiko?\r\nDate: %s\r\nReturn-Path: <%s>\r\n\r\n%s", own, token.Address(own, o.prompt(o.aiko, monday)),
				token.MessageID(own, o.prompt(o.aiko, monday)), when.Format(time.RFC1123Z), own, strings.ReplaceAll(promptText, "\n", "\r\n"))
			aiko := mailtest.Identity{Name: "Aiko Tanaka", Address: "aiko@example.com", Locale: locale}
			words := []string{"Closed the ticket.", "I was out of the office until noon, and Mia is away until Friday.",
				"Automatic reply: that is what I work on."}[people%3]
			people++
			raw, err := client.Reply([]byte(prompt), aiko, when, mailtest.Answer{Text: words})
			must(t, err)
			o.uid++
			if got := o.take(mailtest.Transit(raw, o.now, own)); got.Outcome != team.Stored {
				t.Errorf("%s, %s: %q is %s: %s", client.Name, locale, words, got.Outcome, got.Reason)
			}
			machines++
			raw, err = client.OutOfOffice([]byte(prompt), aiko, when, "I am away until 20 March.")
			must(t, err)
			o.uid++
			if got := o.take(mailtest.Transit(raw, o.now, own)); got.Outcome != team.AutoReply || got.Update != nil || got.Answer != nil || got.Away == nil {
				t.Errorf("%s, %s: the answer of its server is %s (%s), away %v", client.Name, locale, got.Outcome, got.Reason, got.Away)
			}
		}
	}
	t.Logf("%d replies are all people's, %d automatic answers are none", people, machines)
}
