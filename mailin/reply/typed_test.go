package reply

import (
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

// What is typed into a quote that marks nothing but its beginning is known as the person's only because all the rest is
// ours.
func TestWhatIsTypedIntoAQuoteIsKeptIfTheRestIsOurs(t *testing.T) {
	sent := prompt(t)
	head := `<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>Von:</b> Harbour &lt;updates@crew.example&gt;<br>` +
		`<b>Gesendet:</b> Dienstag, 3. März 2026 16:00<br><b>An:</b> Ines<br><b>Betreff:</b> Harbour</div>`
	paragraphs := func(lines []string) string { return "<p>" + strings.Join(lines, "</p><p>") + "</p>" }
	lines := strings.Split(strings.TrimSpace(sent.Text), "\n")
	half := len(lines) / 2
	for _, c := range []struct{ name, html, want string }{
		{"below it", head + paragraphs(lines) + "<p>Import für alle Kais.</p><p>Morgen die Kranseite.</p>", "Import für alle Kais. Morgen die Kranseite."},
		{"between its lines", head + paragraphs(lines[:half]) + "<p>終わりました。</p>" + paragraphs(lines[half:]), "終わりました。"},
		{"below it in a blockquote", `<blockquote type="cite">` + paragraphs(lines) + "<p>Готово.</p></blockquote>", "Готово."},
		{"what was said before, above it", "<p>Done.</p>" + head + "<p>Only half of it.</p>" + head + paragraphs(lines), "Done."},
		{"another's words around half of it", "<p>Done.</p>" + head + "<p>Hello Ines,</p>" + paragraphs(lines[:len(lines)-5]) + "<p>I would answer that on Monday.</p>", "Done."},
		{"what was said before, around it", `<p>Done.</p><blockquote type="cite"><blockquote type="cite">` + paragraphs(lines) + "</blockquote><p>Half of it.</p></blockquote>", "Done."},
	} {
		got := Explain(&mime.Message{HTML: c.html, Body: mime.HTMLLines(c.html), Format: "html", Subject: "AW: Harbour"}, sent)
		if fold(got.Reply) != c.want {
			t.Errorf("%s: %q, wanted %q\n%s", c.name, got.Reply, c.want, strings.Join(got.Steps, "\n"))
		}
	}
}

func TestNamesWrittenInOneSignWhole(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"林小梅", "完成了。\n\n林小梅\nHarbour software", "完成了。"},
		{"林小梅", "明天和小梅\n林小梅们开会。", "明天和小梅 林小梅们开会。"},
		{"김하나", "끝났습니다.\n\n김하나\nHarbour software", "끝났습니다."},
		{"김하나", "김하나, 박민수와 회의했습니다.", "김하나, 박민수와 회의했습니다."},
	} {
		m := plain(c.body)
		m.From = []mime.Address{{Name: c.name, Addr: "ines@harbour.example"}}
		if got := Explain(m, nil); fold(got.Reply) != c.want {
			t.Errorf("%q of %s: %q, wanted %q", c.body, c.name, got.Reply, c.want)
		}
	}
}
