package templates

import (
	"fmt"
	"strings"
	"testing"
)

func TestOnlyThreeSchemesBecomeLinks(t *testing.T) {
	check := func(text string, links ...string) {
		t.Helper()
		var got []string
		whole := ""
		for _, s := range spans(text) {
			whole += s.text
			if s.link {
				got = append(got, s.text)
			}
		}
		if strings.Join(got, " | ") != strings.Join(links, " | ") {
			t.Errorf("%q has the links %q, want %q", text, got, links)
		}
		if whole != text {
			t.Errorf("%q became %q", text, whole)
		}
	}
	check("see https://example.com.", "https://example.com")
	check("(https://example.com/a_(b)), then", "https://example.com/a_(b)")
	check("[docs](https://example.com/docs)!", "https://example.com/docs")
	check("HTTP://EXAMPLE.COM/X?a=1&b=2#c,", "HTTP://EXAMPLE.COM/X?a=1&b=2#c")
	check("<https://example.com/a>", "https://example.com/a")
	check("mailto:mia@example.com or mia@example.com", "mailto:mia@example.com")
	check("詳しくはhttps://example.com/請求、を見て", "https://example.com/請求")
	check("“https://example.com”", "https://example.com")
	check("https://a.example/x:http://b.example/y", "https://a.example/x:http://b.example/y")
	check("http://a.example and https://b.example", "http://a.example", "https://b.example")
	check("javascript:alert(1) javascripthttp:x data:text/html,x ftp://x.example file:///x")
	check("xhttps://example.com")
	check("https:// http:/x https:x mailto:x : :: http:")
	check("at 16:00: done")
	check("")
}

func TestWordsAreSetAsWhatTheyLookLike(t *testing.T) {
	check := func(text, want string) {
		t.Helper()
		var got strings.Builder
		for _, b := range blocks(text) {
			switch b.kind {
			case paragraph:
				fmt.Fprintf(&got, "p%q", b.lines)
			case code:
				fmt.Fprintf(&got, "code%q", b.lines)
			case bullets:
				fmt.Fprintf(&got, "ul%q", b.items)
			case numbers:
				fmt.Fprintf(&got, "ol%d%q", b.start, b.items)
			}
		}
		if got.String() != want {
			t.Errorf("%q is %s, want %s", text, got.String(), want)
		}
	}
	check("one line", `p["one line"]`)
	check("a\nb\n\nc", `p["a" "b"]p["c"]`)
	check("list:\n- a\n- b\n  more\nend", `p["list:"]ul[["a"] ["b" "more"]]p["end"]`)
	check("* a\n\n* b", `ul[["a"] ["b"]]`)
	check("1. a\n2. b\n3) c\n5. d", `ol1[["a"] ["b"] ["c"]]ol5[["d"]]`)
	check("x\n```go\nif a {\n\n\tb\n}\n```\ny", `p["x"]code["if a {" "" "\tb" "}"]p["y"]`)
	check("```\nnever closed\n", `code["never closed"]`)
	check("x:\n\n    a\n      b\n\n    c\ny", `p["x:"]code["    a" "      b" "" "    c"]p["y"]`)
	check("x\n    only indented", `p["x" "    only indented"]`)
	check("3.8 is old\n-5 degrees\n2024. ", `p["3.8 is old" "-5 degrees" "2024."]`)
	check("- a", `ul[["a"]]`)
	check("- ", `p["-"]`)
	check("```\n```", ``)
}

func TestLinesBreakWhereTheyMay(t *testing.T) {
	check := func(line string, columns, hang int, want ...string) {
		t.Helper()
		got := wrap(line, columns, hang)
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	check("short", 10, 0, "short")
	check("one two three four", 10, 0, "one two", "three four")
	check("- one two three", 9, 2, "- one two", "  three")
	check("  one two three", 9, 2, "  one two", "  three")
	check("a  b   cccccccc", 8, 0, "a  b", "cccccccc")
	check("abcdefghijkl", 5, 0, "abcde", "fghij", "kl")
	check("ab cdefghijkl", 5, 1, "ab", " cdef", " ghij", " kl")
	check("go https://example.com/very/long now", 10, 0, "go", "https://example.com/very/long", "now")
	check("(https://example.com/long).", 10, 2, "(https://example.com/long).")
	check("請求ジョブを移した。", 10, 0, "請求ジョブ", "を移した。")
	check("日本語とEnglish混在", 10, 0, "日本語と", "English混", "在")
	check("ééééé ééééé", 5, 0, "ééééé", "ééééé")
	check(strings.Repeat(" ", 40)+"deep", 10, 4, "     deep")
}

func TestCleanTakesOutOnlyWhatActs(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                             "plain",
		"tab\tand\nline":                    "tab\tand\nline",
		"a\r\nb\rc\u2028d\u2029e\u0085f\vg": "a\nb\nc\nd\ne\nf\ng",
		"\x00\x07\x1b[31mred\x7f\u009b":     "[31mred",
		"\u202egnp\u202c \u2066x\u2069":     "gnp x",
		"bad \xff\xfe":                      "bad \ufffd\ufffd",
		"\ufeffbom":                         "bom",
		"keep \u200f\u200d👩\u200d💻\u00ad é ש\u05b8": "keep \u200f\u200d👩\u200d💻\u00ad é ש\u05b8",
		"z" + strings.Repeat("\u0301", 100):         "z" + strings.Repeat("\u0301", marksLimit),
	} {
		if got := clean(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if got := clean(clean(in)); got != want {
			t.Errorf("%q becomes something else when cleaned twice", in)
		}
	}
}

func TestLanguageAndDirectionFollowTheScript(t *testing.T) {
	check := func(text, lang, dir string) {
		t.Helper()
		if got := language(text); got != lang {
			t.Errorf("the language of %q is %q, want %q", text, got, lang)
		}
		if got := direction(text); got != dir {
			t.Errorf("the direction of %q is %q, want %q", text, got, dir)
		}
	}
	check("plain words", "", "auto")
	check("kære Søren", "", "auto")
	check("請求を移した", "ja", "auto")
	check("修好匯出功能", "zh", "auto")
	check("안녕", "ko", "auto")
	check("(1) مرحبا Dev", "ar", "rtl")
	check("Dev: שלום", "he", "auto")
	check("123 !?", "", "auto")
	check("Привет", "", "auto")
}

func TestLineMakesNamesFitForHeaders(t *testing.T) {
	for in, want := range map[string]string{
		" Aiko \r\n T. ":        "Aiko T.",
		"a\x00b":                "ab",
		strings.Repeat("ü", 20): strings.Repeat("ü", 9) + "…",
		"0123456789":            "0123456789",
	} {
		if got := Line(in, 10); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestTheGistOfWordsIsTheirFirstLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Write the notes.", "Write the notes."},
		{"  Write   the\tnotes.\n", "Write the notes."},
		{"Three things:\n- one\n- two", "Three things\u00a0…"},
		{"A sentence that is much longer than that", "A sentence that is\u00a0…"},
		{"Ends with a word, and more after that", "Ends with a word\u00a0…"},
		{"移行の手順書を直す。移行の手順書を直す。移行の手順書を直す。", "移行の手順書を直す。移行の手順書を直\u00a0…"},
		{"\u202eeviL\x00", "eviL"},
		{"", ""},
	} {
		if got := gist(c.in, 20); got != c.want {
			t.Errorf("gist(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
