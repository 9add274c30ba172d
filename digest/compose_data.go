package digest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/templates"
)

// dataFile is the attachment with all that is held of a member.
const dataFile = "daybreak-data.zip"

// packData puts all that is held of a member into one file: data.json for programs, data.txt for people, and their mails as they came.
func packData(e *team.Everything, now time.Time) ([]byte, error) {
	forPrograms := map[string]any{}
	var forPeople strings.Builder
	fmt.Fprintf(&forPeople, "All that daybreak holds of you, on %s. Times are UTC.\n", now.UTC().Format("2 January 2006, 15:04"))
	for _, part := range e.Parts {
		objects := []map[string]any{}
		fmt.Fprintf(&forPeople, "\n%s: %d\n", strings.ToUpper(strings.ReplaceAll(part.Name, "_", " ")), len(part.Rows))
		for _, row := range part.Rows {
			object := map[string]any{}
			forPeople.WriteString("\n")
			for _, f := range row {
				object[f.Name] = f.Value
				if f.Value != nil && f.Value != "" {
					text := strings.ReplaceAll(fmt.Sprint(f.Value), "\n", "\n      ")
					fmt.Fprintf(&forPeople, "  %s: %s\n", strings.ReplaceAll(f.Name, "_", " "), text)
				}
			}
			objects = append(objects, object)
		}
		forPrograms[part.Name] = objects
	}
	if e.LeftOut > 0 {
		fmt.Fprintf(&forPeople, "\n%d of your older mails are too much for this file; whoever runs daybreak can give them to you.\n", e.LeftOut)
	}
	text, err := json.MarshalIndent(forPrograms, "", "  ")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		w, e := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now.UTC()})
		if e == nil {
			_, e = w.Write(content)
		}
		if err == nil {
			err = e
		}
	}
	add("data.txt", []byte(forPeople.String()))
	add("data.json", append(text, '\n'))
	for _, m := range e.Mails {
		add(fmt.Sprintf("mails/%d.eml", m.Number), m.Raw)
	}
	if err == nil {
		err = z.Close()
	}
	return b.Bytes(), err
}

// attach makes of a mail one that carries a file, too.
func attach(raw []byte, boundary, name string, file []byte) ([]byte, error) {
	header, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	start := bytes.Index(header, []byte("\r\nContent-Type: "))
	if !ok || start < 0 {
		return nil, fmt.Errorf("the mail has no Content-Type to put a file beside")
	}
	end := start + 2
	for more := true; more; more = end < len(header) && (header[end] == ' ' || header[end] == '\t') {
		if i := bytes.Index(header[end:], []byte("\r\n")); i >= 0 {
			end += i + 2
		} else {
			end = len(header) + 2
		}
	}
	kind := strings.TrimSuffix(string(header[start+2:min(end, len(header))]), "\r\n")
	rest := string(header[:start])
	if end < len(header) {
		rest += "\r\n" + string(header[end:])
	}
	out := fmt.Appendf(nil, "%s\r\nContent-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n%s\r\n\r\n%s\r\n--%s\r\n", rest, boundary, boundary, kind, body, boundary)
	out = fmt.Appendf(out, "Content-Type: application/zip; name=\"%s\"\r\nContent-Disposition: attachment; filename=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", name, name)
	out = appendBase64(out, string(file))
	return fmt.Appendf(out, "\r\n--%s--\r\n", boundary), nil
}

// erased is what goes if a member is forgotten, a line each.
func erased(a team.Answer) []string {
	count := map[string]int{}
	for _, part := range a.Data.Parts {
		count[part.Name] = len(part.Rows)
	}
	lines := []string{
		"your name, your settings and your leaves, and " + strings.Join(a.Person.Addresses, ", "),
	}
	if n := count["updates"]; n > 0 {
		lines = append(lines, fmt.Sprintf("all that you have said, %s, and the copies of it that I keep of what others were sent", templates.Count(n, "item")))
	}
	if n := count["mails_received"]; n > 0 {
		lines = append(lines, templates.Count(n, "mail")+" from you")
	}
	if n := count["mails_sent"]; n > 0 {
		lines = append(lines, "what I keep of "+templates.Count(n, "mail")+" to you")
	}
	for _, in := range a.Person.Teams {
		lines = append(lines, "your place in "+in.Team.Name)
	}
	return lines
}
