package digest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"daybreak/internal/team"
)

// parsed is a mail read back by the standard library.
type parsed struct {
	header     mail.Header
	text, html string
}

func parse(t testing.TB, m team.Outgoing) parsed {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("reading back: %v", err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %q, error %v", kind, err)
	}
	p := parsed{header: msg.Header}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for i, want := range []string{"text/plain", "text/html"} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != want || params["charset"] != "UTF-8" {
			t.Fatalf("part %d is %q %v, error %v", i, kind, params, err)
		}
		var body io.Reader = quotedprintable.NewReader(part)
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		if i == 0 {
			p.text = strings.ReplaceAll(string(b), "\r\n", "\n")
		} else {
			p.html = strings.ReplaceAll(string(b), "\r\n", "\n")
		}
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		t.Fatalf("there is a third part: %v", err)
	}
	return p
}
