package mailtest

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	promptID    = "eg4dkq2yfmxw3n5hpa7c6zjtsvblr2uoi4@crew.example"
	promptReply = "updates+eg4dkq2yfmxw3n5hpa7c6zjtsvblr2uoi4@crew.example"
	promptFrom  = "updates@crew.example"
)

func prompt(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/prompt.eml")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func paris(t *testing.T) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 3, 6, 16, 41, 7, 0, loc)
}

func eachClient(t *testing.T, run func(t *testing.T, c Client)) {
	for _, c := range Clients() {
		t.Run(c.Name, func(t *testing.T) { run(t, c) })
	}
}

func camille() Identity {
	return Identity{Name: "Camille Laurent", Address: "camille@laurent.example", Locale: "fr"}
}

func TestEveryClientRepliesAsItDoes(t *testing.T) {
	a := Answer{Text: "The retry queue is in review, all but the metrics.\nMonday: the metrics, then Aiko's schema.\n\n" +
		"Nothing in the way, I'd only like a second pair of eyes on the back-off.", Signature: "Camille"}
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.Reply(prompt(t), camille(), paris(t), a)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := c.Reply(prompt(t), camille(), paris(t), a)
		if !bytes.Equal(raw, again) {
			t.Error("the same input gave other bytes")
		}
		golden := filepath.Join("testdata", "replies", c.Name+".eml")
		if *update {
			if err := os.WriteFile(golden, raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(raw, want) {
			t.Errorf("%s differs (%v); -update writes it anew", golden, err)
		}
		p := parse(t, raw)
		if got, err := p.AddressList("From"); err != nil || got[0].Address != "camille@laurent.example" || got[0].Name != "Camille Laurent" {
			t.Errorf("from %v, %v", got, err)
		}
		to := promptReply
		if c.IgnoresReplyTo {
			to = promptFrom
		}
		if got, err := p.AddressList("To"); err != nil || got[0].Address != to {
			t.Errorf("to %v, %v; want %s", got, err, to)
		}
		if got := p.Get("In-Reply-To"); got != "<"+promptID+">" {
			t.Errorf("in reply to %q", got)
		}
		if got, err := p.Date(); err != nil || !got.Equal(paris(t)) {
			t.Errorf("date %v, %v", got, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(p.Get("Subject"))
		want := "Re: Platform: your update for Fri 6 March – daily"
		if c.Name == "japan-phone" {
			want = strings.Replace(want, "–", "?", 1)
		}
		if err != nil || !strings.EqualFold(subject, want) {
			t.Errorf("subject %q, %v", subject, err)
		}
		for kind, body := range p.bodies(t) {
			own := strings.Index(body, "The retry queue is in review, all but the metrics. Monday: the metrics, then Aiko's schema.")
			quote := strings.Index(strings.NewReplacer(">", "", "  ", " ").Replace(body), "What is in the way?")
			if own < 0 || quote < own {
				t.Errorf("in %s the words are at %d, the quote at %d:\n%s", kind, own, quote, body)
			}
		}
	})
}

func TestClientsThatInterleavePutEachAnswerUnderItsQuestion(t *testing.T) {
	questions := []string{"What got done?", "What is next?", "What is in the way?"}
	a := Answer{Questions: questions, Under: []string{"The importer reads the old format.", "", "The staging key has expired."}}
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.Reply(prompt(t), camille(), paris(t), a)
		if err != nil {
			t.Fatal(err)
		}
		order := []string{a.Under[0], a.Under[2], questions[0], questions[1], questions[2]}
		if c.Interleaves {
			order = []string{questions[0], a.Under[0], questions[1], questions[2], a.Under[2]}
		}
		for kind, body := range parse(t, raw).bodies(t) {
			at := 0
			for _, words := range order {
				i := strings.Index(body[at:], words)
				if i < 0 {
					t.Fatalf("in %s %q comes not after what should be before it:\n%s", kind, words, body)
				}
				at += i + len(words)
			}
		}
	})
}

func TestAnswersWithoutTheirQuestionComeLast(t *testing.T) {
	a := Answer{Questions: []string{"What got done?", "Was that asked?"}, Under: []string{"One thing.", "Another thing."}}
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.Reply(prompt(t), camille(), paris(t), a)
		if err != nil {
			t.Fatal(err)
		}
		for kind, body := range parse(t, raw).bodies(t) {
			if one, other := strings.Index(body, "One thing."), strings.Index(body, "Another thing."); one < 0 || other < one {
				t.Errorf("in %s the answers are at %d and %d:\n%s", kind, one, other, body)
			}
		}
	})
}

func TestAPersonMayRemoveTheQuote(t *testing.T) {
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.Reply(prompt(t), camille(), paris(t), Answer{Text: "All done.", NoQuote: true})
		if err != nil {
			t.Fatal(err)
		}
		for kind, body := range parse(t, raw).bodies(t) {
			if !strings.Contains(body, "All done.") || strings.Contains(body, "check-in") {
				t.Errorf("%s: %q", kind, body)
			}
		}
	})
}

func TestEveryClientWritesEveryScript(t *testing.T) {
	texts := []string{"決済バッチの移行を終えました。\n月曜日は監視を追加します。🙂 é", "決済バッチの移行を終えました。", "Größe & <Maß> > alles; l'été",
		"plain", strings.Repeat("a long line that no one broke ", 60), "From here\n.\n..\n-- \n> mine", ""}
	eachClient(t, func(t *testing.T, c Client) {
		for _, text := range texts {
			raw, err := c.Reply(prompt(t), Identity{Name: "田中 愛子", Address: "aiko@tanaka.example", Locale: "ja"}, paris(t), Answer{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			for kind, body := range parse(t, raw).bodies(t) {
				if !strings.Contains(strings.ReplaceAll(body, " >", " "), strings.ReplaceAll(squeeze(text), " >", " ")) {
					t.Errorf("%s of %q: %s", kind, text, body)
				}
			}
		}
	})
}

func TestAJapanesePhoneWritesISO2022JPIfItCan(t *testing.T) {
	c, err := ClientNamed("japan-phone")
	if err != nil {
		t.Fatal(err)
	}
	aiko := Identity{Name: "田中 愛子", Address: "aiko@tanaka.example", Locale: "ja"}
	for text, want := range map[string]string{"移行を終えました。": "text/plain; charset=iso-2022-jp", "終わり 🙂": "text/plain; charset=utf-8"} {
		raw, err := c.Reply(prompt(t), aiko, paris(t), Answer{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		p := parse(t, raw)
		if got := p.Get("Content-Type"); got != want || !strings.Contains(p.plain, text) {
			t.Errorf("%q is written as %q: %s", text, got, p.plain)
		}
		if from := p.Get("From"); from != "=?ISO-2022-JP?B?GyRCRURDZhsoQiAbJEIwJjtSGyhC?= <aiko@tanaka.example>" {
			t.Errorf("from %q", from)
		}
	}
}

func TestEveryLanguageHasItsAttribution(t *testing.T) {
	want := map[string][3]string{
		"en":    {"On Fri, Mar 6, 2026 at 4:00\u202fPM P <p@x.example> wrote:", "On Mar 6, 2026, at 4:00\u202fPM, P <p@x.example> wrote:", "Friday, March 6, 2026 4:00 PM"},
		"en-GB": {"On Fri, 6 Mar 2026 at 16:00, P <p@x.example> wrote:", "On 6 Mar 2026, at 16:00, P <p@x.example> wrote:", "6 March 2026 16:00"},
		"de":    {"Am Fr., 6. März 2026 um 16:00\u00a0Uhr schrieb P <p@x.example>:", "Am 06.03.2026 um 16:00 schrieb P <p@x.example>:", "Freitag, 6. März 2026 16:00"},
		"fr":    {"Le ven. 6 mars 2026 à 16:00, P <p@x.example> a écrit\u00a0:", "Le 6 mars 2026 à 16:00, P <p@x.example> a écrit\u00a0:", "vendredi 6 mars 2026 16:00"},
		"ja":    {"2026年3月6日(金) 16:00 P <p@x.example>:", "2026/03/06 16:00、P <p@x.example>のメール:", "2026年3月6日 金曜日 16:00"},
		"es":    {"El vie, 6 mar 2026 a las 16:00, P <p@x.example> escribió:", "El 6 mar 2026, a las 16:00, P <p@x.example> escribió:", "viernes, 6 de marzo de 2026 16:00"},
	}
	at := time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)
	p := person{"P", "p@x.example"}
	for name, w := range want {
		got := [3]string{gmailAttribution(name, at, p, "<", ">"), appleAttribution(name, at, p.shown()), outlookDate(name, at)}
		if got != w {
			t.Errorf("%s: got %q, want %q", name, got, w)
		}
	}
}

func TestAFreshMailAnswersNothing(t *testing.T) {
	eachClient(t, func(t *testing.T, c Client) {
		p := parse(t, c.Compose(camille(), promptFrom, "a word about Friday", "Off at noon.", paris(t)))
		if p.Get("In-Reply-To") != "" || p.Get("References") != "" || p.Get("Subject") != "a word about Friday" {
			t.Errorf("header %v", p.Header)
		}
		for kind, body := range p.bodies(t) {
			if !strings.Contains(body, "Off at noon.") || strings.Contains(body, "wrote") {
				t.Errorf("%s: %q", kind, body)
			}
		}
		other := parse(t, c.Compose(camille(), promptFrom, "another word", "Off at noon.", paris(t)))
		if id := p.Get("Message-Id"); id == "" || id == other.Get("Message-Id") {
			t.Errorf("two mails have the Message-ID %q", id)
		}
	})
}

func TestAnAbsenceIsAnsweredByTheMachine(t *testing.T) {
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.OutOfOffice(prompt(t), camille(), paris(t), "Back on Monday.")
		if err != nil {
			t.Fatal(err)
		}
		p := parse(t, raw)
		if p.Get("Auto-Submitted") != "auto-replied" || !strings.Contains(p.Get("To"), promptFrom) || Sender(raw) != "" {
			t.Errorf("header %v", p.Header)
		}
	})
}

func TestABounceReportsAndReturnsTheMail(t *testing.T) {
	for temporary, want := range map[bool]string{false: "Action: failed\r\nStatus: 5.1.1", true: "Action: delayed\r\nStatus: 4.2.2"} {
		raw, err := Bounce(prompt(t), "camille@laurent.example", temporary, paris(t))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" || m.Header.Get("To") != promptFrom {
			t.Errorf("%s %v %v to %s", kind, params, err, m.Header.Get("To"))
		}
		r := multipart.NewReader(m.Body, params["boundary"])
		var kinds []string
		for {
			part, err := r.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, part.Header.Get("Content-Type"))
			body, _ := io.ReadAll(part)
			if len(kinds) == 2 && !strings.Contains(string(body), want) {
				t.Errorf("the report says %s", body)
			}
			if len(kinds) == 3 && !strings.Contains(string(body), "Message-ID: <"+promptID+">") {
				t.Errorf("what is returned is %s", body)
			}
		}
		if strings.Join(kinds, ", ") != "text/plain; charset=us-ascii, message/delivery-status, message/rfc822" {
			t.Errorf("parts %v", kinds)
		}
	}
}

func TestWhatHasNoMessageIDCannotBeAnswered(t *testing.T) {
	if _, err := Clients()[0].Reply([]byte("From: a@b.example\r\nSubject: x\r\n\r\ny\r\n"), camille(), paris(t), Answer{}); err == nil {
		t.Error("no error")
	}
	if _, err := ClientNamed("outlook"); err == nil || !strings.Contains(err.Error(), "outlook-desktop") {
		t.Errorf("an unknown client gave %v", err)
	}
}

func TestHostileNamesStayInTheirHeaders(t *testing.T) {
	original := "From: =?utf-8?b?YQ0KQmNjOiB4QHkuZXhhbXBsZQ==?= <a@b.example>\r\nTo: \"Q \\\"q\\\"\" <q@b.example>\r\n" +
		"Subject: =?utf-8?q?s=0D=0AX-Evil:_1?=\r\nMessage-ID: <1@b.example>\r\nDate: Fri, 06 Mar 2026 07:00:00 +0000\r\n\r\nx\r\n"
	eachClient(t, func(t *testing.T, c Client) {
		raw, err := c.Reply([]byte(original), Identity{Name: `O'Neil, "Bo"`, Address: "bo@b.example"}, paris(t), Answer{Text: "y"})
		if err != nil {
			t.Fatal(err)
		}
		p := parse(t, raw)
		if p.Get("Bcc") != "" || p.Get("X-Evil") != "" {
			t.Errorf("header %v", p.Header)
		}
		if from, err := p.AddressList("From"); err != nil || from[0].Name != `O'Neil, "Bo"` {
			t.Errorf("from %v, %v", from, err)
		}
	})
}

func FuzzReply(f *testing.F) {
	raw, err := os.ReadFile("testdata/prompt.eml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, "All done.", "What is next?")
	f.Add([]byte("From: a@b.example\r\nMessage-ID: <1@b.example>\r\nDate: Fri, 06 Mar 2026 07:00:00 +0000\r\nContent-Type: text/html\r\n\r\n"+
		"<frameset><table><p>What is next?<b></td>"), "x\ny", "next")
	f.Fuzz(func(t *testing.T, original []byte, text, question string) {
		for _, c := range Clients() {
			a := Answer{Text: text, Under: []string{text}, Questions: []string{question}}
			reply, err := c.Reply(original, camille(), time.Unix(1772811667, 0), a)
			if err != nil {
				continue
			}
			if _, err := mail.ReadMessage(bytes.NewReader(reply)); err != nil {
				t.Fatalf("%s wrote what cannot be read: %v\n%s", c.Name, err, reply)
			}
		}
	})
}
