package digest

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestEveryKindOfMailCanBeLookedAt(t *testing.T) {
	c := testComposer(t)
	alone := aiko()
	for _, kind := range PreviewKinds() {
		for _, p := range []team.Person{aiko(platform), aiko(growth, platform), alone} {
			m, err := c.Preview(kind, p, tuesday(t))
			if err != nil || m.Subject == "" {
				t.Errorf("%s: %q, %v", kind, m.Subject, err)
				continue
			}
			read := parse(t, m)
			checkHTML(t, "preview of "+kind, read.html)
			checkText(t, "preview of "+kind, read.text)
			if strings.Contains(m.Text, "<no value>") || strings.Contains(m.Text, "  .") {
				t.Errorf("%s:\n%s", kind, m.Text)
			}
		}
	}
	if _, err := c.Preview("nonsense", alone, tuesday(t)); err == nil {
		t.Error("there is a preview of nonsense")
	}
}
