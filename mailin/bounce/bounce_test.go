package bounce

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"daybreak/mailin/mime"
)

// sample is one mail of testdata with the failures that it tells of.
type sample struct {
	name string
	want []string // "recipient status permanent", as told gives them
	raw  string
}

func samples(t testing.TB, file string) []sample {
	t.Helper()
	a, err := txtar.ParseFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for _, f := range a.Files {
		head, raw, ok := strings.Cut("\n"+string(f.Data), "\n\n")
		if !ok {
			t.Fatalf("%s: no empty line behind what is wanted", f.Name)
		}
		s := sample{name: f.Name, raw: raw}
		for line := range strings.Lines(head) {
			if want, ok := strings.CutPrefix(strings.TrimSpace(line), "want: "); ok {
				s.want = append(s.want, want)
			}
		}
		list = append(list, s)
	}
	return list
}

// told writes failures as the samples do.
func told(failures []Failure) []string {
	var list []string
	for _, f := range failures {
		status, how := f.Status, "temporary"
		if status == "" {
			status = "-"
		}
		if f.Permanent {
			how = "permanent"
		}
		line := fmt.Sprintf("%s %s %s", f.Recipient, status, how)
		if f.Original != "" {
			line += " from " + f.Original
		}
		list = append(list, line)
	}
	return list
}

func check(t *testing.T, raw string, want []string, read func(*mime.Message) []Failure) {
	t.Helper()
	got := told(read(mime.Read([]byte(raw))))
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it tells of\n  %s\nnot of\n  %s\nin\n%s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), raw)
	}
}

func TestReportsTellWhomTheyAreAbout(t *testing.T) {
	for _, file := range []string{"texts.txtar", "reports.txtar", "servers.txtar"} {
		for _, s := range samples(t, file) {
			t.Run(s.name, func(t *testing.T) { check(t, s.raw, s.want, Read) })
		}
	}
}

func TestComplaintsTellWhoComplained(t *testing.T) {
	for _, s := range samples(t, "complaints.txtar") {
		t.Run(s.name, func(t *testing.T) {
			check(t, s.raw, s.want, Complained)
			if !IsComplaint(mime.Read([]byte(s.raw))) {
				t.Error("it is not known for a complaint")
			}
		})
	}
}

// addresses are recipients as they are in the world. Each takes the place of the one in the samples.
var addresses = []string{
	"o'hara@far.example", "ana+daily@mail.sub.far.example", "a.n_a-1@far-away.co.example", "ana=lee@far.example", "5550100@far.example",
	"ana@mx1.xn--mller-kva.example", "postino@far.example", "first.middle.last-and-a-very-long-name-indeed@department.of.something.far.example",
}

func TestAnyAddressIsFoundInAnyReport(t *testing.T) {
	for _, file := range []string{"texts.txtar", "reports.txtar", "servers.txtar"} {
		for _, s := range samples(t, file) {
			if !strings.Contains(s.raw, "ana@far.example") || strings.Contains(s.raw, "5550100") || strings.Contains(s.raw, "jörg") {
				continue
			}
			for _, addr := range addresses {
				var want []string
				for _, w := range s.want {
					want = append(want, strings.ReplaceAll(w, "ana@far.example", addr))
				}
				check(t, strings.ReplaceAll(s.raw, "ana@far.example", addr), want, Read)
			}
		}
	}
}

// wrappings are the ways in which a text comes that say the same.
var wrappings = []struct {
	name string
	wrap func(head, text string) string
}{
	{"CRLF", func(head, text string) string { return strings.ReplaceAll(head+"\n\n"+text, "\n", "\r\n") }},
	{"quoted-printable", func(head, text string) string {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
		return head + "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + b.String()
	}},
	{"base64", func(head, text string) string {
		return head + "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" +
			base64.StdEncoding.EncodeToString([]byte(text))
	}},
	{"HTML", func(head, text string) string {
		return head + "\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body><pre>" + html.EscapeString(text) + "</pre></body></html>"
	}},
	{"HTML with breaks", func(head, text string) string {
		return head + "\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<div>" + strings.ReplaceAll(html.EscapeString(text), "\n",
			"<br>\n") + "</div>"
	}},
	{"within parts", func(head, text string) string {
		return head + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xyz\n\n" +
			"--xyz\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n--xyz--\n"
	}},
}

func TestTextsAreReadInAnyWrapping(t *testing.T) {
	for _, s := range samples(t, "texts.txtar") {
		head, text, _ := strings.Cut(s.raw, "\n\n")
		if strings.Contains(head, "Content-T") && !strings.Contains(head, "text/plain; charset=utf-8") {
			continue
		}
		head = strings.ReplaceAll(head, "\nContent-Type: text/plain; charset=utf-8", "")
		for _, w := range wrappings {
			t.Run(s.name+"/"+w.name, func(t *testing.T) { check(t, w.wrap(head, text), s.want, Read) })
		}
	}
}
