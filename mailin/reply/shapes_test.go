package reply

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// bodies are what people write above, below and between quotes.
var bodies = []string{
	"The import is done.",
	"OK",
	"Yes, on Tuesday the 3rd",
	"Both quays are in, all tests are green again, and the old data went away on Monday evening without anyone complaining about it\n\nTomorrow the crane page",
	"Hi Kofi,\n\nDone:\n- tide table import\n- two bugs\n\nNext:\n1. crane page\n2. berth 12",
	"Erledigt, beide Kais sind drin",
	"はい、了解しました",
	"Готово, завтра страница кранов",
	"تم الاستيراد",
	"C'est fait : les deux quais\net la page des grues",
}

// writers are names and addresses that stand above quotes.
var writers = [][2]string{
	{"Harbour", "updates@crew.example"},
	{"Kofi Mensah", "kofi.mensah@harbour.example"},
	{"Duarte, Ines", "i@d.example"},
	{"Harbour (daybreak)", "updates+eg4dkq2yfmxw3n5hpa7c6zjtsvblr2uoi4@crew.example"},
	{"Dr. J. van der Berg-Świątek", "j.van.der.berg@a-rather-long-domain-name.example"},
	{"陈美玲", "mei-ling.chen@harbour.example"},
	{"Инес Дуарте", "ines_duarte@harbour.example"},
	{"kofi.mensah@harbour.example", "kofi.mensah@harbour.example"},
}

// wrap breaks a line as clients do: at the last blank before the width.
func wrap(line string, width int) string {
	var b strings.Builder
	for utf8.RuneCountInString(line) > width {
		runes := []rune(line)
		cut := strings.LastIndexByte(string(runes[:width+1]), ' ')
		if cut <= 0 {
			break
		}
		b.WriteString(strings.TrimRight(line[:cut], " ") + "\n")
		line = strings.TrimLeft(line[cut:], " ")
	}
	return b.String() + line
}

func quoted(text string) string {
	return "> " + strings.ReplaceAll(text, "\n", "\n> ")
}

// shapes are the ways in which quotes and words stand together: the body, and what of it is the person's.
var shapes = []struct {
	name string
	body func(words, lead string) (string, string)
}{
	{"words above, quote unmarked", func(w, l string) (string, string) {
		return w + "\n\n" + l + "\n\nHow was Tuesday?\n\nWhat is next?\n", w
	}},
	{"words close above, quote close below", func(w, l string) (string, string) {
		return w + "\n" + l + "\nHow was Tuesday?\n\nWhat is next?\n", w
	}},
	{"words above, quote marked", func(w, l string) (string, string) {
		return w + "\n\n" + l + "\n\n> How was Tuesday?\n>\n> What is next?\n", w
	}},
	{"marks without a blank", func(w, l string) (string, string) {
		return w + "\n\n\n" + l + "\n>How was Tuesday?\n>\n>What is next?\n", w
	}},
	{"words below", func(w, l string) (string, string) {
		return l + "\n> How was Tuesday?\n> \n> What is next?\n\n" + w + "\n", w
	}},
	{"words between", func(w, l string) (string, string) {
		return "Good day,\n\n" + l + "\n> How was Tuesday?\n\n" + w + "\n\n> What is next?\n\nThe crane page\n", "Good day,\n\n" + w + "\n\nThe crane page"
	}},
	{"all quoted with the lead", func(w, l string) (string, string) {
		return w + "\n\nSent from my iPhone\n\n" + quoted(l+"\n\nHow was Tuesday?\n\nWhat is next?") + "\n", w
	}},
	{"wrapped at 76", func(w, l string) (string, string) {
		return w + "\n\n" + wrap(l, 76) + "\n\nHow was Tuesday?\n", w
	}},
	{"wrapped at 72, marked", func(w, l string) (string, string) {
		return w + "\n\n" + wrap(l, 72) + "\n\n> How was Tuesday?\n", w
	}},
	{"wrapped at 60", func(w, l string) (string, string) {
		return w + "\n\n" + wrap(l, 60) + "\n> How was Tuesday?\n", w
	}},
	{"broken in the address", func(w, l string) (string, string) {
		return w + "\n\n" + strings.Replace(l, "<", "<\n", 1) + "\n\nHow was Tuesday?\n", w
	}},
	{"broken before the address", func(w, l string) (string, string) {
		return w + "\n\n" + strings.Replace(l, " <", "\n<", 1) + "\nHow was Tuesday?\n", w
	}},
	{"blanks before and behind", func(w, l string) (string, string) {
		return w + "\n\n  " + l + "  \n\nHow was Tuesday?\n", w
	}},
	{"empty quote", func(w, l string) (string, string) {
		return w + "\n\n" + l + "\n", w
	}},
	{"in bold", func(w, l string) (string, string) {
		return w + "\n\n*" + strings.ReplaceAll(l, "\n", "*\n*") + "*\n\nHow was Tuesday?\n", w
	}},
	{"quote within the quote", func(w, l string) (string, string) {
		return w + "\n\n" + l + "\n> " + l + "\n>> How was Tuesday?\n>\n> Fine.\n", w
	}},
	{"dash rule above", func(w, l string) (string, string) {
		return w + "\n\n--\n" + l + "\n> How was Tuesday?\n", w
	}},
}

func TestEveryLeadIsKnownInEveryShape(t *testing.T) {
	wrong := 0
	for k, row := range rows(t, "testdata/leads.txt") {
		language, lead, _ := strings.Cut(row, ": ")
		for i, who := range writers {
			l := strings.NewReplacer("⏎", "\n", "Harbour", who[0], "updates@crew.example", who[1]).Replace(lead)
			for j, shape := range shapes {
				body, want := shape.body(bodies[(i+j+k)%len(bodies)], l)
				if strings.HasSuffix(language, "?") && !strings.Contains(body, "\n>") {
					continue
				}
				if got := Explain(plain(body), nil); fold(got.Reply) != fold(want) {
					if wrong++; wrong > 100 && wrong < 110 { // a name of six words, wrapped in odd places
						t.Errorf("%s: %s:\n%s\n→ %q, want %q\n%s", language, shape.name, body, got.Reply, want, strings.Join(got.Steps, "\n"))
					}
				}
			}
		}
	}
}

// head is how the header lines above a quote are called in a client's language.
type head struct{ from, sent, to, cc, subject, date, original, forward string }

// blocks of header lines that clients put above a quote. Forwarded says that the mail below is no answer.
var headShapes = []struct {
	name      string
	forwarded bool
	block     func(h head) string
}{
	{"Outlook", false, func(h head) string {
		return h.from + ": Harbour <updates@crew.example>\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines Duarte <ines@harbour.example>\n" + h.subject + ": Re: Harbour"
	}},
	{"Outlook with a rule and copies", false, func(h head) string {
		return "________________________________\n" + h.from + ": Harbour <updates@crew.example>\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines Duarte <ines@harbour.example>; Kofi Mensah <kofi@crew.example>\n" + h.cc + ": Mei-Ling Chen <mei@crew.example>\n" + h.subject + ": Harbour"
	}},
	{"Outlook of old", false, func(h head) string {
		return "-----" + h.original + "-----\n" + h.from + ": Harbour [mailto:updates@crew.example]\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines Duarte\n" + h.subject + ": Harbour"
	}},
	{"in bold", false, func(h head) string {
		return "*" + h.from + ":* Harbour <updates@crew.example>\n*" + h.sent + ":* " + h.date + "\n*" + h.to + ":* Ines Duarte\n*" + h.subject + ":* Harbour"
	}},
	{"names without addresses", false, func(h head) string {
		return h.from + ": Harbour\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines Duarte\n" + h.subject + ": Harbour"
	}},
	{"blank before the colon", false, func(h head) string {
		return h.from + " : Harbour <updates@crew.example>\n" + h.sent + " : " + h.date + "\n" + h.to + " : Ines <ines@harbour.example>\n" + h.subject + " : Harbour"
	}},
	{"date first", false, func(h head) string {
		return h.sent + ": " + h.date + "\n" + h.from + ": \"Harbour\" <updates@crew.example>\n" + h.to + ": ines@harbour.example\n" + h.subject + ": Harbour"
	}},
	{"subject before the date", false, func(h head) string {
		return h.from + ": Harbour <updates@crew.example>\n" + h.subject + ": Harbour: how was Tuesday?\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines <ines@harbour.example>"
	}},
	{"phone", false, func(h head) string {
		return "-------- " + h.original + " --------\n" + h.from + ": Harbour <updates@crew.example>\n\n" + h.sent + ": " + h.date + "\n\n" + h.to + ": Ines <ines@harbour.example>\n\n" + h.subject + ": Harbour"
	}},
	{"wrapped receivers", false, func(h head) string {
		return h.from + ": Harbour\n<updates@crew.example>\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines Duarte <ines@harbour.example>;\nKofi Mensah <kofi@crew.example>\n" + h.subject + ": Harbour"
	}},
	{"marker alone", false, func(h head) string { return "----- " + h.original + " -----" }},
	{"marker with wide dashes", false, func(h head) string {
		return "------------------ " + h.original + " ------------------\n" + h.from + "：\"Harbour\" <updates@crew.example>;\n" + h.sent + "：" + h.date + "\n" + h.to + "：\"Ines\"<ines@harbour.example>;\n" + h.subject + "：Re: Harbour"
	}},
	{"rule and addresses in brackets", false, func(h head) string {
		return "--\n" + h.from + ": Harbour (updates@crew.example)\n" + h.sent + ": " + h.date + "\n" + h.subject + ": Harbour"
	}},
	{"no colons below a marker", false, func(h head) string {
		return "------ " + h.original + " ------\n" + h.from + " \"Harbour\" <updates@crew.example>\n" + h.to + " \"Ines\" <ines@harbour.example>\n" + h.sent + " " + h.date + "\n" + h.subject + " Harbour"
	}},
	{"table", false, func(h head) string {
		return "---- " + h.original + " ----\n| " + h.from + " | Harbour<updates@crew.example> |\n| " + h.sent + " | " + h.date + " |\n| " + h.to + " | Ines<ines@harbour.example> |\n| " + h.subject + " | Harbour |"
	}},
	{"Gmail's forward", true, func(h head) string {
		return "---------- " + h.forward + " ---------\n" + h.from + ": Harbour <updates@crew.example>\n" + h.sent + ": " + h.date + "\n" + h.subject + ": Harbour\n" + h.to + ": Ines <ines@harbour.example>"
	}},
	{"Apple's forward", true, func(h head) string {
		return h.forward + ":\n\n" + h.from + ": Harbour <updates@crew.example>\n" + h.subject + ": Harbour\n" + h.sent + ": " + h.date + "\n" + h.to + ": Ines <ines@harbour.example>"
	}},
	{"Thunderbird's forward", true, func(h head) string {
		return "-------- " + h.forward + " --------\n" + h.subject + ": \tHarbour\n" + h.sent + ": \t" + h.date + "\n" + h.from + ": \tHarbour <updates@crew.example>\n" + h.to + ": \tInes <ines@harbour.example>"
	}},
}

func heads(t *testing.T) (all []head, languages []string) {
	for _, row := range rows(t, "testdata/heads.txt") {
		language, names, _ := strings.Cut(row, ": ")
		f := strings.Split(names, "|")
		if len(f) != 8 {
			t.Fatal(row)
		}
		all, languages = append(all, head{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]}), append(languages, language)
	}
	return all, languages
}

func TestEveryHeaderBlockIsKnown(t *testing.T) {
	all, languages := heads(t)
	wrong := 0
	for k, h := range all {
		for j, shape := range headShapes {
			block := shape.block(h)
			words := bodies[(j+k)%len(bodies)]
			for _, body := range []string{
				words + "\n\n" + block + "\n\nHow was Tuesday?\n\nWhat is next?\n",
				words + "\n\n\n" + block + "\nHow was Tuesday?\n",
				words + "\n\nSent from my iPhone\n\n" + block + "\n\nHow was Tuesday?\n",
				words + "\n\n" + quoted(block+"\n\nHow was Tuesday?") + "\n",
				words + "\n\n  " + strings.ReplaceAll(block, "\n", "\n  ") + "\n\n  How was Tuesday?\n",
			} {
				if got := Explain(plain(body), nil); fold(got.Reply) != fold(words) {
					if wrong++; wrong < 10 {
						t.Errorf("%s: %s:\n%s\n→ %q, want %q\n%s", languages[k], shape.name, body, got.Reply, words, strings.Join(got.Steps, "\n"))
					}
				}
			}
		}
	}
}
