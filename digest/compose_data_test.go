package digest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"

	"daybreak/internal/team"
)

// holding is what is held of Aiko.
func holding() *team.Everything {
	return &team.Everything{
		Parts: []team.HeldPart{
			{Name: "addresses", Rows: [][]team.HeldField{{{Name: "address", Value: "aiko@example.com"}}}},
			{Name: "updates", Rows: [][]team.HeldField{{{Name: "words", Value: "Moved the jobs.\nAll of them."}, {Name: "withdrawn_at", Value: nil}}}},
			{Name: "mails_received"}, {Name: "mails_sent"},
		},
		Mails: []team.HeldMail{{Number: 7, Raw: []byte("Subject: hi\r\n\r\nMoved the jobs.")}}, LeftOut: 2,
	}
}

func TestWhatIsHeldComesAsAFile(t *testing.T) {
	m, err := testComposer(t).Answer(team.Answer{ID: 90, Kind: team.AnswerData, Person: aiko(platform), Subject: "my data", Data: holding()}, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" || parsed.Header.Get("Message-ID") == "" || parsed.Header.Get("Auto-Submitted") != "auto-replied" {
		t.Fatalf("%s, %v, %v", kind, err, parsed.Header)
	}
	parts := multipart.NewReader(parsed.Body, params["boundary"])
	first, err := parts.NextPart()
	if err != nil || !strings.HasPrefix(first.Header.Get("Content-Type"), "multipart/alternative") {
		t.Fatalf("%v, %v", first, err)
	}
	second, err := parts.NextPart()
	if err != nil || second.FileName() != "daybreak-data.zip" {
		t.Fatalf("%v, %v", second, err)
	}
	packed, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, second))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(content)
	}
	var data map[string][]map[string]any
	if err := json.Unmarshal([]byte(files["data.json"]), &data); err != nil || data["updates"][0]["words"] != "Moved the jobs.\nAll of them." {
		t.Errorf("data.json: %v, %s", err, files["data.json"])
	}
	for _, want := range []string{"address: aiko@example.com", "words: Moved the jobs.\n      All of them.", "2 of your older mails"} {
		if !strings.Contains(files["data.txt"], want) {
			t.Errorf("data.txt lacks %q:\n%s", want, files["data.txt"])
		}
	}
	if files["mails/7.eml"] != string(holding().Mails[0].Raw) {
		t.Errorf("the mail is %q", files["mails/7.eml"])
	}
	for line := range bytes.Lines(m.Raw) {
		if len(line) > 1000 || !bytes.HasSuffix(line, []byte("\r\n")) {
			t.Fatalf("a line of %d bytes: %.40q", len(line), line)
		}
	}
}
