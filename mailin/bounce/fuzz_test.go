package bounce

import (
	"strings"
	"testing"
	"unicode/utf8"

	"daybreak/mailin/mime"
)

func FuzzRead(f *testing.F) {
	for _, file := range []string{"texts.txtar", "reports.txtar", "complaints.txtar"} {
		for _, s := range samples(f, file) {
			f.Add([]byte(s.raw))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := mime.Read(raw)
		Tells(m)
		IsComplaint(m)
		for _, list := range [][]Failure{Read(m), Complained(m)} {
			if len(list) > maxFailures {
				t.Errorf("%d failures", len(list))
			}
			seen := map[string]bool{}
			for _, f := range list {
				if f.Recipient == "" || seen[f.Recipient] {
					t.Errorf("recipient %q is empty or told twice", f.Recipient)
				}
				seen[f.Recipient] = true
				if f.Status != "" && statusNumber.FindString(f.Status) != f.Status {
					t.Errorf("status %q", f.Status)
				}
				if len(f.Why) > maxWhy || strings.ContainsAny(f.Why, "\r\n") {
					t.Errorf("words %q", f.Why)
				}
				for _, s := range []string{f.Recipient, f.Original, f.Why} {
					if !utf8.ValidString(s) {
						t.Errorf("%q is not UTF-8", s)
					}
				}
			}
		}
	})
}
