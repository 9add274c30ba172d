package proof

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"daybreak/mailin/mime"
)

const (
	own    = "updates@example.com"
	border = "Received: from mail.home.example (mail.home.example [192.0.2.7]) by mx.example.com with ESMTPS id 1; Mon, 9 Mar 2026 08:30:00 +0000\n"
	inner  = "Received: from mx.example.com by store.example.com with LMTP; Mon, 9 Mar 2026 08:30:01 +0000\n"
)

// aiko is a mail of Aiko's to us, without what servers put on top.
const aiko = `From: Aiko Tanaka <aiko@home.example>
To: Platform <updates+abc@example.com>
Subject: Re: Platform
Date: Mon, 9 Mar 2026 17:30:00 +0900
Message-ID: <1@home.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Moved the billing jobs.
`

// dns is the DNS of a test: TXT records by name.
type dns map[string]string

func (d dns) LookupTXT(_ context.Context, name string) ([]string, error) {
	if txt, ok := d[name]; ok {
		return []string{txt}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func check(t *testing.T, c *Checker, text string) Evidence {
	t.Helper()
	raw := []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	return c.Check(t.Context(), raw, mime.Read(raw))
}

func TestWhatOurServerStates(t *testing.T) {
	const signed = "DKIM-Signature: v=1; a=rsa-sha256; d=home.example; s=k; h=from:to:subject:message-id:date; bh=; b=\n"
	for _, c := range []struct {
		says string
		text string
		want Verdict
		why  string // a part of it
	}{
		{"spf of the domain", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=aiko@home.example\n" + border + aiko, Pass, "spf=pass"},
		{"spf of a subdomain", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=bounce.home.example\n" + border + aiko, Pass, "spf"},
		{"spf of the server, for a mail without a sender", "Return-Path: <>\nAuthentication-Results: mx.example.com; spf=pass smtp.helo=mail.home.example\n" + border + aiko, Pass, "spf"},
		{"likewise, as others state it", "Return-Path: <>\nAuthentication-Results: mx.example.com; spf=pass smtp.mailfrom=<> smtp.helo=mail.home.example\n" + border + aiko, Pass, "spf"},
		{"below the border's own line", inner + border + "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, Pass, "spf"},
		{"in capitals, with a version and comments", "AUTHENTICATION-RESULTS: MX.example.com 1; spf=pass (home.example: it may) smtp.mailfrom=home.example\n" + aiko, Pass, "spf"},
		{"folded", "Authentication-Results: mx.example.com;\n\tdkim=none;\n\tspf=pass smtp.mailfrom=home.example\n" + aiko, Pass, "spf"},
		{"a field for each method", "Authentication-Results: mx.example.com; dmarc=none header.from=home.example\nAuthentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, Pass, "spf"},
		{"dkim, written to us", "Authentication-Results: mx.example.com; dkim=pass header.d=home.example\n" + border + signed + aiko, Pass, "dkim=pass"},
		{"dmarc, written to us", "Authentication-Results: mx.example.com; dmarc=pass (p=REJECT) header.from=home.example\n" + border + signed + aiko, Pass, "dmarc=pass"},
		{"dkim by header.i", "Authentication-Results: mx.example.com; dkim=pass header.i=@home.example\n" + border + signed + aiko, Pass, "dkim=pass"},

		{"spf of the server, for a mail of another sender", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=eve.example smtp.helo=mail.home.example\n" + aiko, None, "no proof"},
		{"spf of another server, for a mail without a sender", "Return-Path: <>\nAuthentication-Results: mx.example.com; spf=pass smtp.helo=mail.eve.example\n" + aiko, None, "no proof"},
		{"spf of another domain", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=eve.example\n" + aiko, None, "no proof"},
		{"spf of who said hello", "Authentication-Results: mx.example.com; spf=pass smtp.helo=home.example\n" + aiko, None, "no proof"},
		{"dkim of another domain", "Authentication-Results: mx.example.com; dkim=pass header.d=eve.example\n" + signed + aiko, None, "no proof"},
		{"a domain that ends alike", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=evilhome.example\n" + aiko, None, "no proof"},
		{"spf soft fail", "Authentication-Results: mx.example.com; spf=softfail smtp.mailfrom=home.example\n" + aiko, None, "no proof"},
		{"dmarc fails", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example; dmarc=fail header.from=home.example\n" + aiko, Fail, "dmarc=fail"},
		{"dmarc fails in the second field", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\nAuthentication-Results: mx.example.com; dmarc=fail header.from=home.example\n" + aiko, Fail, "dmarc=fail"},

		{"a foreign authserv-id", "Authentication-Results: mx.eve.example; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},
		{"ours below a foreign one", "Authentication-Results: mx.eve.example; spf=pass smtp.mailfrom=home.example\nAuthentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},
		{"ours below a foreign server", border + "Received: from x by relay.eve.example; Mon, 9 Mar 2026 08:29:00 +0000\nAuthentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},
		{"a foreign server that says hello as ours", border + "Received: from by.mx.example.com (by mx.example.com) by relay.eve.example; Mon, 9 Mar 2026 08:29:00 +0000\nAuthentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},
		{"a forged one below ours", "Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=home.example; dkim=none; dmarc=none header.from=home.example\n" +
			"Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, None, "no proof"},
		{"a forged one below a line of Received", "Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=home.example\n" + border +
			"Authentication-Results: mx.example.com; dkim=pass header.d=home.example\n" + signed + aiko, None, "no proof"},
		{"a forged one of another method below all that ours found", "Authentication-Results: mx.example.com; spf=softfail smtp.mailfrom=home.example; dkim=none\n" +
			"Authentication-Results: mx.example.com; dmarc=pass header.from=home.example\n" + signed + aiko, None, "no proof"},
		{"a forged one of several methods below one that ours found", "Authentication-Results: mx.example.com; spf=softfail smtp.mailfrom=home.example\n" +
			"Authentication-Results: mx.example.com; dkim=pass header.d=home.example; dmarc=pass header.from=home.example\n" + signed + aiko, None, "no proof"},
		{"a forged one below what its author wrote", border + strings.Replace(aiko, "MIME-Version", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\nMIME-Version", 1), None, ""},
		{"what stands in a comment", `Authentication-Results: mx.example.com; spf=fail (x; spf=pass smtp.mailfrom=home.example) smtp.mailfrom=home.example` + "\n" + aiko, None, "no proof"},
		{"what stands in a comment within a comment", `Authentication-Results: mx.example.com; spf=fail (a \) (b) ; spf=pass smtp.mailfrom=home.example) smtp.mailfrom=x.example` + "\n" + aiko, None, "no proof"},
		{"what stands in quotes", `Authentication-Results: mx.example.com; spf=fail smtp.mailfrom="x; spf=pass smtp.mailfrom=home.example"@eve.example` + "\n" + aiko, None, "no proof"},
		{"another version", "Authentication-Results: mx.example.com 2; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},
		{"only ARC says so", "ARC-Authentication-Results: i=1; mx.example.com; spf=pass smtp.mailfrom=home.example\n" + aiko, None, ""},

		{"dkim of a mail to somebody else", "Authentication-Results: mx.example.com; dkim=pass header.d=home.example\n" + signed + strings.Replace(aiko, "updates+abc@example.com", "mia@home.example", 1), None, "somebody else"},
		{"dkim, but To is not signed", "Authentication-Results: mx.example.com; dmarc=pass header.from=home.example\n" + strings.Replace(signed, "to:", "", 1) + aiko, None, "does not cover to"},
		{"dkim, and a second To", "Authentication-Results: mx.example.com; dkim=pass header.d=home.example\nTo: updates@example.com\n" + signed + aiko, None, "two lines of to"},
		{"dkim, but l=", "Authentication-Results: mx.example.com; dkim=pass header.d=home.example\n" + strings.Replace(signed, "bh=", "l=3; bh=", 1) + aiko, None, "beginning of the body"},
		{"dkim without any signature", "Authentication-Results: mx.example.com; dkim=pass header.d=home.example\n" + aiko, None, "no signature"},

		{"two From lines", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\nFrom: mia@home.example\n" + aiko, None, "author"},
		{"two authors", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + strings.Replace(aiko, "<aiko@", "<eve@home.example>, <aiko@", 1), None, "author"},
		{"an address as a name", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\n" + strings.Replace(aiko, "Aiko Tanaka <aiko@home.example>", `"aiko@home.example" <eve@eve.example>`, 1), None, "no proof for eve.example"},
		{"a line that is no field", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\nI quit.\n" + aiko, None, "no field"},
		{"no header's end", "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=home.example\nFrom: aiko@home.example", None, "no end"},
	} {
		got := check(t, &Checker{Own: own, AuthservID: "mx.example.com"}, c.text)
		if got.Verdict != c.want || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %s: %s; want %s: … %s …", c.says, got.Verdict, got.Why, c.want, c.why)
		}
	}
}

func TestAuthservIDs(t *testing.T) {
	for _, c := range []struct {
		configured, stated string
		host               string
		want               Verdict
	}{
		{"mx.example.com", "mx.example.com;", "mx.example.com", Pass},
		{"mx.example.com", "mx2.example.com;", "mx.example.com", None},
		{"*.example.com", "mx2.example.com;", "mx2.example.com", Pass},
		{"*.example.com", "example.com;", "mx.example.com", None},
		{"*.example.com", "mx.evilexample.com;", "mx.example.com", None},
		{"", "mx.example.com;", "mx.example.com", None},
		{"mx.provider.example", "mx.provider.example;", "mx9.provider.example", Pass},
		{"mx.provider.example", "mx.provider.example;", "2002:a05:6402:1", Pass}, // as Gmail's inner hosts
		{Unnamed, "", "DB1.prod.outlook.com", Pass},
		{Unnamed, "", "relay.eve.example", None},
		{Unnamed, "eve.example;", "DB1.prod.outlook.com", None},
	} {
		text := "Received: from x by " + c.host + "; Mon, 9 Mar 2026 08:30:00 +0000\nAuthentication-Results: " + c.stated + " spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=home.example\n" + aiko
		if got := check(t, &Checker{Own: own, AuthservID: c.configured}, text); got.Verdict != c.want {
			t.Errorf("%q, stated %q by %s: %s: %s", c.configured, c.stated, c.host, got.Verdict, got.Why)
		}
	}
}

func TestWhatIsAskedOfTheDNS(t *testing.T) {
	key := newKey(t)
	asked := 0
	slow := errors.New("i/o timeout")
	keys := &Keys{LookupTXT: func(ctx context.Context, name string) ([]string, error) {
		asked++
		switch {
		case name == "k._domainkey.home.example":
			return []string{key.record()}, nil
		case strings.HasSuffix(name, ".down.example"):
			return nil, slow
		}
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}}
	c := &Checker{Own: own, Keys: keys}
	for range 3 {
		if got := check(t, c, key.sign(aiko, signing{})); got.Verdict != Pass {
			t.Fatal(got)
		}
	}
	if asked != 1 {
		t.Errorf("one key was asked for %d times", asked)
	}
	asked = 0
	for i := range 100 {
		check(t, c, key.sign(aiko, signing{selector: "guess" + strings.Repeat("x", i)}))
		check(t, c, key.sign(strings.ReplaceAll(aiko, "@home.example", "@down.example"), signing{domain: "down.example", selector: strings.Repeat("y", i+1)}))
	}
	if asked != mostInVain+1 {
		t.Errorf("%d keys that are not there were asked for, want %d", asked, mostInVain+1)
	}
	if got := check(t, c, key.sign(aiko, signing{})); got.Verdict != Pass {
		t.Errorf("the key that is known counts no more: %s", got.Why)
	}
	check(t, c, key.sign(aiko, signing{domain: "eve.example"}))
	if asked != mostInVain+1 {
		t.Error("the key of a domain that is not From's was asked for")
	}
	stuck := &Checker{Own: own, Keys: &Keys{LookupTXT: func(ctx context.Context, _ string) ([]string, error) {
		if d, ok := ctx.Deadline(); !ok || time.Until(d) > lookupTime {
			t.Error("a lookup may take for ever")
		}
		return nil, context.DeadlineExceeded
	}}}
	if got := check(t, stuck, key.sign(aiko, signing{})); got.Verdict != None {
		t.Errorf("without the DNS: %s", got.Verdict)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll("Authentication-Results: mx.example.com; spf=pass (a(b\\)c) smtp.mailfrom=\"x;\"@home.example\n"+border+aiko, "\n", "\r\n")))
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=home.example; s=k; h=from:to; bh=; b=\r\nFrom: aiko@home.example\r\nTo: updates@example.com\r\nMessage-ID: <1@x>\r\n\r\nx"))
	f.Add([]byte("From: a@b\n\n"))
	c := &Checker{Own: own, AuthservID: "mx.example.com", Keys: &Keys{LookupTXT: dns{}.LookupTXT}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := mime.Read(raw)
		e := c.Check(context.Background(), raw, m)
		if e.Verdict == Pass && (len(m.From) != 1 || !strings.Contains(strings.ToLower(string(raw)), "authentication-results")) {
			t.Errorf("passed by %s: %s", e.Method, e.Why)
		}
	})
}
