package reply

import (
	"fmt"
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

// digestSent is a digest with three items, and talk about one that was told before.
const digestSent = `Harbour · Tuesday 3 March · 2 updates, 2 comments

3 items from Tove and Yusuf.

FOR YOU
  You, Mon 2 Mar: The new berth plan is ready for the pilots to
    look at.                                                        [c1]
    ↳ Tove: It reads well, but the tide tables are those of last
      year.

TOVE LUND
  done   Moved the crane bookings over; nothing was lost on the
         way.                                                       [a1]
           ↳ Ines: How long did it take?
  next   Write down who may open the lock gate.                     [a2]

YUSUF KAYA
  stuck  Waiting for the diver, 2 days.                             [b1]

You: 1 item for Mon 2 Mar.

Reply to answer: "c1 thanks", "👍 c1", or words below a quoted item.
What else you write goes into your team's next digest.
Sent Mon–Fri at 09:00 (Lisbon) if there is news; you are in Harbour.
`

func digestOriginal() *Original {
	return &Original{Text: digestSent, Marks: []string{"a1", "a2", "b1", "c1"}}
}

// answered shows what a mail answers to which items, and what else it says.
func answered(r Reading) string {
	var all []string
	for _, c := range r.Comments {
		sign := ":"
		if c.Reaction {
			sign = "!"
		}
		all = append(all, c.Mark+sign+strings.ReplaceAll(c.Text, "\n", "⏎"))
	}
	for _, i := range r.Items {
		all = append(all, string(i.Kind)+" "+strings.ReplaceAll(i.Text, "\n", "⏎"))
	}
	return strings.Join(all, " | ")
}

var digestQuoted = "\n\nOn Tue, 3 Mar 2026 at 09:00, Harbour <updates@example.com> wrote:\n> " + strings.ReplaceAll(strings.TrimRight(digestSent, "\n"), "\n", "\n> ")

func TestWordsWithAMarkAnswerItsItem(t *testing.T) {
	for words, want := range map[string]string{
		"a1 thanks!":                          "a1:thanks!",
		"A1: yes, take mine":                  "a1:yes, take mine",
		"[b1] I can call him":                 "b1:I can call him",
		"- a2, by whom?":                      "a2:by whom?",
		"a1 - great⏎b1 try Rui⏎or his sister": "a1:great | b1:try Rui⏎or his sister",
		"a1, b1: on it":                       "a1:on it | b1:on it",
		"a1 and a2 +1":                        "a1!👍 | a2!👍",
		"👍 a1":                                "a1!👍",
		"+1 b1":                               "b1!👍",
		"a1 🎉🎉":                               "a1!🎉🎉",
		"❤️ a2 lovely":                        "a2:❤️ lovely",
		"c1: I shall mend that.⏎⏎Back on Monday after the survey.": "c1:I shall mend that. | note Back on Monday after the survey.",
		"c1⏎⏎I shall mend that today.":                             "c1:I shall mend that today.",
		"Hi Tove,⏎⏎a1 well done⏎⏎Thanks,⏎Ines":                     "a1:well done",
		"Done: the survey⏎⏎b1 ask me tomorrow":                     "b1:ask me tomorrow | done the survey",
		"a4 paper is out":        "note a4 paper is out",
		"a1x is no mark":         "note a1x is no mark",
		"a12 neither":            "note a12 neither",
		"Looks good to me.":      "note Looks good to me.",
		"See b1 for the reason.": "note See b1 for the reason.",
		"c1 the tables:⏎```⏎a1 high 04:12⏎```":                                      "c1:the tables:⏎```⏎a1 high 04:12⏎```",
		"Ines here.⏎⏎b1 the diver comes on Thursday, I asked⏎⏎a2 the harbourmaster": "b1:the diver comes on Thursday, I asked | a2:the harbourmaster | note Ines here.",
	} {
		r := Explain(from("Ines Duarte", "ines@harbour.example", strings.ReplaceAll(words, "⏎", "\n")+digestQuoted), digestOriginal())
		if got := answered(r); got != want {
			t.Errorf("%s\n got %s\nwant %s\nsteps %q", words, got, want, r.Steps)
		}
	}
}

func TestWordsBelowAQuotedItemAnswerIt(t *testing.T) {
	lines := strings.Split(strings.TrimRight(digestSent, "\n"), "\n")
	below := func(mark, words string) string { // the whole digest quoted, with words below the line that ends with the mark
		var b strings.Builder
		b.WriteString("On Tue, 3 Mar 2026 at 09:00, Harbour <updates@example.com> wrote:\n")
		for _, l := range lines {
			b.WriteString("> " + l + "\n")
			if strings.HasSuffix(l, mark) {
				b.WriteString("\n" + words + "\n\n")
			}
		}
		return b.String()
	}
	for _, c := range []struct{ name, body, want string }{
		{"below one", below("[b1]", "Rui knows one."), "b1:Rui knows one."},
		{"below talk", strings.Replace(below("[zz]", ""), ">       year.\n", ">       year.\n\nThose of this year come in April.\n\n", 1), "c1:Those of this year come in April."},
		{"an emoji", below("[a2]", "👍"), "a2!👍"},
		{"only that is left", "> TOVE LUND\n>   done   Moved the crane bookings over; nothing was lost on the\n>          way.                                                       [a1]\n\nHow did you test it?\n", "a1:How did you test it?"},
		{"below all of it", digestQuoted[2:] + "\n\nA good day to all.\n", "note A good day to all."},
		{"above all of it", "A good day to all." + digestQuoted, "note A good day to all."},
		{"within a long item", strings.Replace(below("[zz]", ""), "lost on the\n", "lost on the\n\nNothing at all?\n\n", 1), "a1:Nothing at all?"},
	} {
		r := Explain(from("Ines Duarte", "ines@harbour.example", c.body), digestOriginal())
		if got := answered(r); got != c.want {
			t.Errorf("%s\n got %s\nwant %s\nsteps %q", c.name, got, c.want, r.Steps)
		}
	}
}

func TestWordsBelowAnItemInHTMLAnswerIt(t *testing.T) {
	html := `<div>See below.</div><blockquote type="cite"><h2>Yusuf Kaya</h2><table><tr><td>stuck</td><td><ul><li>Waiting for the diver, 2 days.&nbsp;<span>b1</span></li></ul></td></tr></table></blockquote>` +
		`<div>Rui knows one.</div><blockquote type="cite"><p>You: 1 item for Mon 2 Mar.</p></blockquote>`
	raw := fmt.Sprintf("From: Ines <ines@harbour.example>\r\nSubject: Re: Harbour\r\nIn-Reply-To: <x@example.com>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n%s\r\n", html)
	r := Explain(mime.Read([]byte(raw)), digestOriginal())
	if got, want := answered(r), "b1:Rui knows one. | note See below."; got != want {
		t.Errorf("got %s, want %s, steps %q", got, want, r.Steps)
	}
}

func TestReactionsAreEmojiAlone(t *testing.T) {
	for words, want := range map[string]string{
		"👍": "👍", "+1": "👍", " 👍🏽 ": "👍🏽", "❤️": "❤️", "👩‍🚀": "👩‍🚀", "🇵🇹": "🇵🇹", ":tada:": "🎉", "👍 🎉": "👍🎉",
		"": "", "ok": "", "👍 ok": "", "1": "", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉": "",
	} {
		got, ok := ReactionIn(words)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q is the reaction %q, want %q", words, got, want)
		}
	}
}

func TestAMarkIsNothingWhereNoneWereShown(t *testing.T) {
	r := Read(from("Ines Duarte", "ines@harbour.example", "a1 thanks!"), nil)
	if got := answered(r); got != "note a1 thanks!" {
		t.Error(got)
	}
}

func TestOnlyATickSaysThatSomethingIsDoneWith(t *testing.T) {
	sent := &Original{Text: "Harbour · Tuesday 3 March · 1 update\n\nKOFI MENSAH\n  stuck  The crane.   [a1]\n", Marks: []string{"a1"}}
	for text, want := range map[string]bool{
		"✅ a1": true, "a1 ✅": true, "a1 ✔️": true, "a1 solved": true, "a1 ✅ it moves": true,
		"👍 a1": false, "a1 🎉": false, "a1 👍": false, "a1 💯": false, "+1 a1": false, "a1 🙏": false, "a1 I see": false, "a1 yes": false, "a1 yes, I know": false, "a1 ja": false, "a1 done": true, "a1 not needed any more": true,
	} {
		r := Read(from("Ines Duarte", "ines@harbour.example", text), sent)
		if len(r.Comments) != 1 || r.Comments[0].Closes != want {
			t.Errorf("%q: %+v", text, r.Comments)
		}
	}
}

func TestWordsWithAMarkAnswerAPromptsQuestionWithoutAnUpdate(t *testing.T) {
	const asked = "Harbour: what happened today, Kofi?\n\n  - What got done?\n  - What is next?\n  - What is in the way?\n\nWAITING FOR YOU\n  Ines asks you: @kofi may we close the lock?                       [q1]\n" +
		"  Rui asks you: @kofi who has the key?                              [q2]\n"
	sent := &Original{Text: asked, Questions: []string{"What got done?", "What is next?", "What is in the way?"}, Marks: []string{"q1", "q2"}}
	for words, want := range map[string]struct {
		answered string
		short    Short
	}{
		"q1 yes, on Thursday":               {"q1:yes, on Thursday", ""},
		"Q1: no⏎q2 Ines has it":             {"q1:no | q2:Ines has it", ""},
		"👍 q1":                              {"q1!👍", ""},
		"Hi!⏎⏎q1 yes⏎⏎Thanks,⏎Kofi":         {"q1:yes", ""},
		"q1 yes⏎⏎nothing":                   {"q1:yes", Nothing},
		"q1 yes⏎⏎skip":                      {"q1:yes", Skip},
		"q1 yes⏎⏎Done: nothing":             {"q1:yes", Nothing},
		"q1 yes⏎⏎Done: the crane":           {"q1:yes | done the crane", ""},
		"Done: nothing⏎Next: nothing":       {"", Nothing},
		"q1 nothing, thanks":                {"q1:nothing, thanks", ""},
		"q1 yes⏎⏎The diver comes tomorrow.": {"q1:yes | note The diver comes tomorrow.", ""},
	} {
		quoted := "\n\nOn Tue, 3 Mar 2026 at 16:00, Harbour <updates@example.com> wrote:\n> " + strings.ReplaceAll(strings.TrimRight(asked, "\n"), "\n", "\n> ")
		for _, quote := range []string{quoted, ""} {
			r := Read(&mime.Message{Subject: "Re: Harbour", Body: mime.PlainLines(strings.ReplaceAll(words, "⏎", "\n") + quote)}, sent)
			if got := answered(r); got != want.answered || r.Short != want.short {
				t.Errorf("%q is %q and %q, want %q and %q", words, got, r.Short, want.answered, want.short)
			}
		}
	}
}
