package bounce

import (
	"strings"
	"testing"
	"time"

	"daybreak/mailin/mime"
)

// BenchmarkRead reads the failures of all samples; "ratio" is its time as a share of that of parsing the mails.
func BenchmarkRead(b *testing.B) {
	var raws [][]byte
	var mails []*mime.Message
	for _, file := range []string{"texts.txtar", "reports.txtar"} {
		for _, s := range samples(b, file) {
			raws = append(raws, []byte(s.raw))
			mails = append(mails, mime.Read([]byte(s.raw)))
		}
	}
	b.ReportAllocs()
	var parsing, reading time.Duration
	for b.Loop() {
		start := time.Now()
		for _, raw := range raws {
			mime.Read(raw)
		}
		parsed := time.Now()
		for _, m := range mails {
			Read(m)
		}
		parsing += parsed.Sub(start)
		reading += time.Since(parsed)
	}
	b.ReportMetric(float64(reading)/float64(parsing), "ratio")
	b.ReportMetric(float64(reading.Nanoseconds())/float64(b.N)/float64(len(raws)), "ns/mail")
}

// hostile is text that is made to take long.
var hostile = map[string]string{
	"addresses":  strings.Repeat("a@b.example ", 80_000),
	"in lines":   strings.Repeat("<a@b.example>:\n", 60_000),
	"at signs":   strings.Repeat("@", 1_000_000),
	"local part": strings.Repeat("a", 1_000_000) + "@b.example",
	"one line":   strings.Repeat("could not be ", 80_000),
	"colons":     strings.Repeat("To: \n", 200_000),
	"fields":     strings.Repeat("Final-Recipient: rfc822; a@b.example\n", 25_000),
	"brackets":   strings.Repeat("<", 500_000) + "@" + strings.Repeat(">", 500_000),
	"blanks":     strings.Repeat(" ", 500_000) + "a@b.example",
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile {
		m := mime.Read([]byte("From: MAILER-DAEMON@far.example\nSubject: Undeliverable\n\n" + text))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Tells(m)
				Read(m)
			}
		})
	}
}
