package mailtest

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

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/htmlindex"
)

// parsed is a mail as another library reads it.
type parsed struct {
	mail.Header
	plain, html string
}

func parse(t *testing.T, raw []byte) parsed {
	t.Helper()
	for i, line := range strings.Split(string(raw), "\r\n") {
		if strings.ContainsAny(line, "\r\n") || len(line) > 998 {
			t.Fatalf("line %d has a bare line end or %d characters", i+1, len(line))
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	p := parsed{Header: m.Header}
	for name, values := range m.Header {
		for _, v := range values {
			if !ascii(v) {
				t.Errorf("%s has bytes beyond ASCII", name)
			}
		}
	}
	p.read(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return p
}

func (p *parsed) read(t *testing.T, contentType, transfer string, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("content type %q: %v", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			part, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("multipart: %v", err)
			}
			p.read(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
		}
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch strings.ToLower(transfer) {
	case "quoted-printable":
		raw, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
	case "base64":
		raw, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw)))
	case "7bit", "":
		if !ascii(string(raw)) {
			t.Errorf("a part of 7 bits has 8")
		}
	}
	if err != nil {
		t.Fatalf("%s in %s: %v", kind, transfer, err)
	}
	enc, err := htmlindex.Get(params["charset"])
	if err != nil {
		t.Fatalf("charset %q: %v", params["charset"], err)
	}
	if params["charset"] != "us-ascii" {
		if raw, err = enc.NewDecoder().Bytes(raw); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	if kind == "text/plain" {
		p.plain = text
		if params["format"] == "flowed" {
			p.plain = strings.ReplaceAll(text, " \n", " ")
		}
	}
	if kind == "text/html" {
		p.html = text
	}
}

func shown(t *testing.T, source string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	return squeeze(textOf(doc))
}

// bodies are the texts of a mail that a person could be shown, one of plain and HTML or both.
func (p parsed) bodies(t *testing.T) map[string]string {
	out := map[string]string{}
	if p.plain != "" {
		out["plain"] = squeeze(p.plain)
	}
	if p.html != "" {
		out["html"] = shown(t, p.html)
	}
	if len(out) == 0 {
		t.Error("the mail has no text at all")
	}
	return out
}
