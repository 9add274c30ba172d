package digest

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// signers sign with a key of each type.
func signers(t testing.TB) map[string]*DKIM {
	t.Helper()
	_, small, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	large, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]*DKIM{}
	for name, key := range map[string]crypto.Signer{"ed25519": small, "rsa": large} {
		list[name] = &DKIM{Domain: "example.com", Selector: "daybreak", Key: key}
	}
	return list
}

// verify checks a mail's one signature with the record.
func verify(t testing.TB, d *DKIM, raw []byte) *dkim.Verification {
	t.Helper()
	record, err := d.Record()
	if err != nil {
		t.Fatal(err)
	}
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "daybreak._domainkey.example.com" {
			t.Errorf("the key is looked for at %q", name)
		}
		return []string{record}, nil
	}})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d signatures, error %v", len(list), err)
	}
	return list[0]
}

func TestEveryMailIsSigned(t *testing.T) {
	for kind, d := range signers(t) {
		c := testComposer(t)
		c.DKIM, c.PublicURL = d, "https://updates.example.com"
		plain := mails(t, testComposer(t))
		for name, m := range mails(t, c) {
			v := verify(t, d, m.Raw)
			if v.Err != nil || v.Domain != "example.com" {
				t.Errorf("%s, %s: signed by %q, error %v", kind, name, v.Domain, v.Err)
			}
			if m.MessageID != plain[name].MessageID || m.Text != plain[name].Text {
				t.Errorf("%s, %s: signing changes the mail", kind, name)
			}
			unsigned := bytes.Index(m.Raw, []byte("\r\nDate: "))
			for line := range bytes.SplitSeq(m.Raw[:unsigned], []byte("\r\n")) {
				if len(line) > 200 || bytes.ContainsAny(line, "\r\n") {
					t.Errorf("%s, %s: a line of the signature is %q", kind, name, line)
				}
			}
			checkLines(t, name, m.Raw[unsigned+2:])
			msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
			if err != nil {
				t.Fatal(err)
			}
			signed := map[string]int{}
			for _, h := range v.HeaderKeys {
				signed[strings.ToLower(h)]++
			}
			for h := range msg.Header {
				want := 1
				switch h = strings.ToLower(h); h {
				case "from":
					want = 2
				case "dkim-signature", "x-auto-response-suppress", "x-daybreak":
					want = 0
				}
				if signed[h] != want {
					t.Errorf("%s, %s: %s is signed %d times, want %d", kind, name, h, signed[h], want)
				}
			}
			field := msg.Header.Get("Dkim-Signature")
			if !strings.Contains(field, "c=relaxed/relaxed") || !strings.Contains(field, "a="+kind+"-sha256") || regexp.MustCompile(`\bl=\d`).MatchString(field) {
				t.Errorf("%s, %s: the signature is %q", kind, name, field)
			}
		}
	}
}

func TestAChangedMailIsNotSigned(t *testing.T) {
	for kind, d := range signers(t) {
		c := testComposer(t)
		c.DKIM = d
		m, err := c.Prompt(asking(), tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		for name, changed := range map[string][]byte{
			"another From":    slices.Concat([]byte("From: Eve <eve@example.org>\r\n"), m.Raw),
			"a second From":   bytes.Replace(m.Raw, []byte("\r\n\r\n"), []byte("\r\nFrom: Eve <eve@example.org>\r\n\r\n"), 1),
			"another subject": bytes.Replace(m.Raw, []byte("\r\nSubject: "), []byte("\r\nSubject: Urgent: "), 1),
			"more text":       slices.Concat(m.Raw, []byte("and this\r\n")),
		} {
			if v := verify(t, d, changed); v.Err == nil || d.Holds(changed) == nil {
				t.Errorf("%s: with %s the signature holds", kind, name)
			}
		}
		other, err := (&DKIM{Domain: "mx.example.net", Selector: "s", Key: d.Key}).Sign(m.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := testComposer(t).Prompt(asking(), tuesday(t)); err != nil || d.Holds(other) != nil || d.Holds(plain.Raw) == nil {
			t.Errorf("%s: with a signature of another server %v, with none %v, %v", kind, d.Holds(other), d.Holds(plain.Raw), err)
		}
		refolded := bytes.Replace(m.Raw, []byte("\r\nSubject: "), []byte("\r\nSUBJECT:\r\n  "), 1)
		if v := verify(t, d, slices.Concat([]byte("Received: by mx.example.com; Tue, 3 Mar 2026 00:00:09 +0000\r\n"), refolded)); v.Err != nil {
			t.Errorf("%s: a server that folds lines anew breaks the signature: %v", kind, v.Err)
		}
	}
}

func TestAKeyIsHeldAgainstItsRecord(t *testing.T) {
	all := signers(t)
	for kind, d := range all {
		record, err := d.Record()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			txt  []string
			fits bool
		}{
			{[]string{record}, true}, {[]string{strings.Replace(record, "v=DKIM1; ", "", 1)}, true}, {[]string{record, record}, false}, {nil, false},
			{[]string{"v=DKIM1; p="}, false}, {[]string{"v=spf1 -all"}, false},
		} {
			if err := d.Check(func(string) ([]string, error) { return c.txt, nil }); (err == nil) != c.fits {
				t.Errorf("%s with %.40q: %v", kind, c.txt, err)
			}
		}
		for other, o := range all {
			err := o.Check(func(string) ([]string, error) { return []string{record}, nil })
			if (err == nil) != (other == kind) {
				t.Errorf("a key of %s with the record of one of %s: %v", other, kind, err)
			}
		}
	}
}

// BenchmarkSign is what a signature costs, of a busy digest.
func BenchmarkSign(b *testing.B) {
	m, _, err := testComposer(b).Digest(turns()["busy"], tuesday(b))
	if err != nil {
		b.Fatal(err)
	}
	for kind, d := range signers(b) {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Sign(m.Raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
