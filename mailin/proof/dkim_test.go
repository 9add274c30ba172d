package proof

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybreak/mailin/mime"
)

// key signs mails by a way of its own, so that it can also sign what no decent signer would.
type key struct{ crypto.Signer }

func newKey(t *testing.T) key {
	t.Helper()
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key{k}
}

func newRSA(t *testing.T, bits int) key {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key{k}
}

// record is the key's TXT record.
func (k key) record() string {
	switch p := k.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(p)
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(p)
		if err != nil {
			panic(err)
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	}
	return ""
}

// signing is how a mail is signed: what is not said is as a decent signer does it.
type signing struct {
	domain, selector string
	h                string // the fields
	tags             string // more of them: "l=3;"
	body             string // that is signed in place of the mail's
}

// sign puts a signature on a mail, relaxed/relaxed (RFC 6376 §3.4).
func (k key) sign(text string, s signing) string {
	or := func(a, b string) string {
		if a == "" {
			return b
		}
		return a
	}
	header, body, _ := strings.Cut(text, "\n\n")
	sum := sha256.Sum256([]byte(strings.ReplaceAll(or(s.body, body), "\n", "\r\n")))
	_, isRSA := k.Public().(*rsa.PublicKey)
	algorithm := "ed25519-sha256"
	if isRSA {
		algorithm = "rsa-sha256"
	}
	h := or(s.h, "from:to:subject:date:message-id")
	field := fmt.Sprintf("DKIM-Signature: v=1; a=%s; c=relaxed/relaxed; d=%s; s=%s;%s h=%s; bh=%s; b=", algorithm, or(s.domain, "home.example"), or(s.selector, "k"),
		s.tags, h, base64.StdEncoding.EncodeToString(sum[:]))
	relaxed := func(line string) string {
		name, value, _ := strings.Cut(line, ":")
		return strings.ToLower(name) + ":" + strings.Join(strings.Fields(value), " ")
	}
	var data bytes.Buffer
	for name := range strings.SplitSeq(h, ":") {
		for line := range strings.SplitSeq(header, "\n") {
			if n, _, _ := strings.Cut(line, ":"); strings.EqualFold(n, name) {
				data.WriteString(relaxed(line) + "\r\n")
			}
		}
	}
	data.WriteString(relaxed(field))
	hashed := sha256.Sum256(data.Bytes())
	var options crypto.SignerOpts = crypto.Hash(0)
	if isRSA {
		options = crypto.SHA256
	}
	sig, err := k.Sign(rand.Reader, hashed[:], options)
	if err != nil {
		panic(err)
	}
	return field + base64.StdEncoding.EncodeToString(sig) + "\n" + text
}

func TestSignaturesThatWeCheckOurselves(t *testing.T) {
	k, stranger, trial, big := newKey(t), newKey(t), newKey(t), newRSA(t, 2048)
	t.Setenv("GODEBUG", "rsa1024min=0")
	weak := newRSA(t, 1016)
	zone := dns{
		"k._domainkey.home.example": k.record(), "big._domainkey.home.example": big.record(), "weak._domainkey.home.example": weak.record(),
		"trial._domainkey.home.example": trial.record() + "; t=y", "k._domainkey.mail.home.example": k.record(), "k._domainkey.eve.example": stranger.record(),
	}
	to := func(addr string) string { return strings.Replace(aiko, "updates+abc@example.com", addr, 1) }
	for _, c := range []struct {
		says string
		text string
		want Verdict
		why  string
	}{
		{"signed by the domain", k.sign(aiko, signing{}), Pass, "signed by home.example"},
		{"with RSA", big.sign(aiko, signing{selector: "big"}), Pass, "signed by home.example"},
		{"signed by a subdomain", k.sign(aiko, signing{domain: "mail.home.example"}), Pass, "mail.home.example"},
		{"with lines of servers on top", inner + border + k.sign(aiko, signing{}), Pass, ""},
		{"to our plain address", k.sign(to("updates@example.com"), signing{}), Pass, ""},
		{"to us in Cc", k.sign(strings.Replace(to("mia@home.example"), "Subject:", "Cc: updates@example.com\nSubject:", 1), signing{h: "from:to:cc:subject:date:message-id"}), Pass, ""},
		{"signed by a list too", stranger.sign(k.sign(aiko, signing{}), signing{domain: "eve.example"}), Pass, "home.example"},
		{"not yet expired", k.sign(aiko, signing{tags: fmt.Sprintf(" x=%d;", time.Now().Add(time.Hour).Unix())}), Pass, ""},

		{"not signed", aiko, None, "not signed"},
		{"signed by another domain", stranger.sign(aiko, signing{domain: "eve.example"}), None, "not signed"},
		{"signed by a stranger with the domain's name", stranger.sign(aiko, signing{}), None, "does not hold"},
		{"another body", k.sign(aiko, signing{body: "Something else.\n"}), None, "does not hold"},
		{"another From", strings.Replace(k.sign(aiko, signing{}), "aiko@", "mia@", 1), None, "does not hold"},
		{"another Subject", strings.Replace(k.sign(aiko, signing{}), "Re: Platform", "unsubscribe", 1), None, "does not hold"},
		{"expired", k.sign(aiko, signing{tags: " x=1770000000;"}), None, "expired"},
		{"only the beginning of the body", k.sign(aiko+"And more.\n", signing{tags: " l=25;", body: "Moved the billing jobs.\n"}), None, "length"},
		{"a weak key", weak.sign(aiko, signing{selector: "weak"}), None, "short"},
		{"a key that is on trial", trial.sign(aiko, signing{selector: "trial"}), None, "test"},
		{"a key that is not there", k.sign(aiko, signing{selector: "gone"}), None, "no key"},
		{"replayed: written to somebody else", k.sign(to("mia@home.example"), signing{}), None, "somebody else"},
		{"replayed: our address in a To that is not signed", strings.Replace(k.sign(to("mia@home.example"), signing{h: "from:subject:date:message-id"}), "mia@home.example", "updates+abc@example.com", 1), None, "does not cover to"},
		{"replayed: our address in a second To", "To: updates+abc@example.com\n" + k.sign(to("mia@home.example"), signing{}), None, "two lines of to"},
		{"replayed: our address in a Cc on top", "Cc: updates+abc@example.com\n" + k.sign(to("mia@home.example"), signing{}), None, "does not cover cc"},
		{"replayed: our address only in Delivered-To", "Delivered-To: updates+abc@example.com\n" + k.sign(to("mia@home.example"), signing{}), None, "somebody else"},
		{"replayed under another Message-ID", strings.Replace(k.sign(aiko, signing{h: "from:to:subject:date"}), "<1@", "<2@", 1), None, "does not cover message-id"},
		{"replayed under another Subject", strings.Replace(k.sign(aiko, signing{h: "from:to:date:message-id"}), "Re: Platform", "unsubscribe", 1), None, "does not cover subject"},
		{"a Subject on top", "Subject: unsubscribe\n" + k.sign(aiko, signing{}), None, "two lines of subject"},
		{"a From on top", "From: mia@home.example\n" + k.sign(aiko, signing{}), None, "author"},
		{"words in the midst of the header", strings.Replace(k.sign(aiko, signing{}), "MIME-Version", "I quit.\nMIME-Version", 1), None, "no field"},
		{"a second Content-Type", "Content-Type: text/html\n" + k.sign(aiko, signing{}), None, "two lines of content-type"},
	} {
		checker := &Checker{Own: own, Keys: &Keys{LookupTXT: zone.LookupTXT}}
		if got := check(t, checker, c.text); got.Verdict != c.want || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %s: %s; want %s: … %s …", c.says, got.Verdict, got.Why, c.want, c.why)
		}
		if raw := []byte(c.text); c.want == Pass && checker.Check(t.Context(), raw, mime.Read(raw)).Verdict != Pass {
			t.Errorf("%s: not with the line ends of a file", c.says)
		}
	}
}

func TestMailToTheMailboxsOwnAddressWasWrittenToUs(t *testing.T) {
	k := newKey(t)
	keys := &Keys{LookupTXT: dns{"k._domainkey.home.example": k.record()}.LookupTXT}
	for addr, want := range map[string]Verdict{"updates@old.example": Pass, "updates+abc@old.example": Pass, "updates@other.example": None} {
		text := k.sign(strings.Replace(aiko, "updates+abc@example.com", addr, 1), signing{})
		if got := check(t, &Checker{Own: own, Also: "updates@old.example", Keys: keys}, text); got.Verdict != want {
			t.Errorf("to %s: %s: %s", addr, got.Verdict, got.Why)
		}
		if got := check(t, &Checker{Own: own, Keys: keys}, text); got.Verdict != None {
			t.Errorf("to %s, which is no address of ours: %s: %s", addr, got.Verdict, got.Why)
		}
	}
}

func TestDomainsThatWantProof(t *testing.T) {
	zone := dns{
		"_dmarc.strict.example": "v=DMARC1; p=reject; sp=none", "_dmarc.mild.example": "v=DMARC1;p=none", "_dmarc.own.strict.example": "v=DMARC1; p=Quarantine",
		"_dmarc.other.example": "something else",
	}
	c := &Checker{Own: own, Keys: &Keys{LookupTXT: zone.LookupTXT}}
	for domain, want := range map[string]bool{
		"strict.example": true, "sub.strict.example": false, "own.strict.example": true, "mild.example": false, "other.example": false, "none.example": false, "": false,
	} {
		if got := c.Strict(t.Context(), domain); got != want {
			t.Errorf("%s: %v", domain, got)
		}
	}
}
