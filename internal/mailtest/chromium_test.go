package mailtest

import (
	"strings"
	"testing"
)

// TestTheBrowserFindsWhatIsHardToRead shows it pages with one fault each.
func TestTheBrowserFindsWhatIsHardToRead(t *testing.T) {
	b := Chromium(t)
	page := func(style, body string) string {
		return `<!DOCTYPE html><html lang="en"><head><title>T</title><style>:root { color-scheme: light dark }` + style + `</style></head><body><h1>Head</h1>` + body + `</body></html>`
	}
	for _, c := range []struct {
		html, light, dark string // what is found, "" for nothing
	}{
		{page("", "<p>Fine.</p>"), "", ""},
		{page("", `<div style="display:none;color:#fff">hidden</div><p>Fine.</p>`), "", ""},
		{page("", `<p style="color:#888">grey</p>`), "a contrast of 3.54", ""},
		{page("", `<p style="color:#555">grey</p>`), "", "a contrast of 2.5"},
		{page("", `<div style="background:#333"><p style="color:#222">on dark</p></div>`), "a contrast of 1.2", "a contrast of 1.2"},
		{page("", `<div style="background:rgba(0,0,0,.5)"><p style="color:#595959">half</p></div>`), "a contrast of 1.7", "a contrast of 2.84"},
		{page("", `<p style="opacity:.5">half</p>`), "text shines through", "text shines through"},
		{page("", `<p style="width:500px">wide</p>`), "it is 5", "it is 5"},
		{page("", `<p style="margin-left:-50px">out</p>`), "words stand outside", "words stand outside"},
		{page("", `<p style="font-size:9px">small</p>`), "letters of 9px", "letters of 9px"},
		{page("", `<h3>too deep</h3>`), "a heading of level 3 follows one of 1", "a heading of level 3 follows one of 1"},
		{page("", `<h1>again</h1>`), "there are 2 headings of the first level", "there are 2 headings of the first level"},
		{page("", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`), "a picture has no words", "a picture has no words"},
		{page("", `<img alt="a" src="http://127.0.0.1:9/a.png">`), "it asks the network for http://127.0.0.1:9/a.png", "it asks the network for http://127.0.0.1:9/a.png"},
		{page("p { background: url(http://127.0.0.1:9/b.png) }", `<p>x</p>`), "it asks the network for http://127.0.0.1:9/b.png", "a picture lies behind text"},
		{strings.Replace(page("", "<p>x</p>"), ` lang="en"`, "", 1), "does not say its language", "does not say its language"},
		{strings.Replace(page("", "<p>x</p>"), "<!DOCTYPE html>", "", 1), "there is no doctype", "there is no doctype"},
	} {
		for _, dark := range []bool{false, true} {
			b.Screen(320, dark)
			b.Show(c.html)
			want := c.light
			if dark {
				want = c.dark
			}
			if got := strings.Join(b.Faults(), "\n"); want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("dark %v: %s\nfound:\n%s\nwant: %q", dark, c.html, got, want)
			}
		}
	}
}
