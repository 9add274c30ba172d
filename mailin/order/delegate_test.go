package order

import "testing"

func TestWhoMayWriteForAMemberIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"delegate bot@example.org": "delegate bot@example.org", "Delegate to <Bot@Example.org>, please": "delegate bot@example.org", "undelegate bot@example.org": "undelegate bot@example.org",
		"delegate remove bot@example.org": "undelegate bot@example.org", "delegate bot@x": "?", "delegate the review to Sam": "", "delegate": "", "delegated bot@example.org": "", "delegate review to sam@example.org": "",
	} {
		got := ""
		if o, d := Read(text); d != nil {
			got = "?"
		} else if o != nil {
			got = string(o.Kind) + " " + o.Address
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for line, want := range map[string]string{
		"for: Mia": "Mia", "For: Mia Rossi": "Mia Rossi", "for mia@example.com": "mia@example.com", "for: <mia@example.com>:": "mia@example.com", "FOR:Mia": "Mia",
		"for Mia": "", "for the release": "", "form: x": "", "for:": "", "for a@b.c and others": "", "": "", "for: a b c d e f": "",
	} {
		if got := ReadFor(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
