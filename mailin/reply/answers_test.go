package reply

import (
	"os"
	"strings"
	"testing"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// table reads the lines of a file of cases.
func table(t testing.TB, file string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	return lines
}

var three = []string{"Finish the import", "Review the crane page", "Call the port\n- about the berths\n- about the rates"}

// planPrompt is a prompt that lists the plan of three.
func planPrompt() *Original {
	return &Original{
		Text: `Harbour: what happened today, Ines?

Reply in your own words; a minute is enough. Your team reads your answer
for Tuesday 3 March in their next digest.

  - What got done?
  - What is next?
  - What is in the way?

Your plan from Mon 2 Mar:

  1. Finish the import
  2. Review the crane page
  3. Call the port …

"1 done, 2 moved" is answer enough; "same" plans all of it again.

Sent Mon–Fri at 16:00 (Lisbon); you are in Harbour.
`,
		Questions: team.DefaultQuestions(), Plan: three,
	}
}

func from(name, addr, text string) *mime.Message {
	m := plain(text)
	m.Subject = "Re: Harbour: what happened today, Ines?"
	m.From = []mime.Address{{Name: name, Addr: addr}}
	return m
}

func TestShortAnswersAreKnownInManyLanguages(t *testing.T) {
	sent := planPrompt()
	for _, line := range table(t, "short.txt") {
		want, words, _ := strings.Cut(line, ": ")
		for _, text := range []string{words, "\n" + words + "\n\nOn Tue, 3 Mar 2026, Harbour wrote:\n> " + strings.ReplaceAll(sent.Text, "\n", "\n> ")} {
			r := Explain(from("Ines Duarte", "ines@harbour.example", text), sent)
			got := string(r.Short)
			switch {
			case got != "" && len(r.Items) > 0:
				got = "both"
			case got == "" && len(r.Items) == 3 && r.Items[2] == (team.NewItem{Kind: team.Plan, Question: 1, Text: three[2]}):
				got = "same"
			case got == "" && len(r.Items) > 0:
				got = "text"
			}
			if got != want {
				t.Errorf("%q is %s, want %s; items %q, steps %q", text, got, want, listed(r.Items), r.Steps)
			}
			if words != "-" && r.Reply == "" {
				t.Errorf("%q: the words are lost", words)
			}
		}
		if r := Explain(from("Ines Duarte", "ines@harbour.example", words), &Original{Text: "a digest"}); r.Short != "" {
			t.Errorf("%q answers no question, but is %s", words, r.Short)
		}
	}
}

func TestSameWithoutAPlanIsKeptAsSaid(t *testing.T) {
	sent := planPrompt()
	sent.Plan = nil
	r := Explain(from("Ines", "ines@harbour.example", "Same!"), sent)
	if listed(r.Items) != "note -1: Same!\n" || r.Confidence >= Sure {
		t.Errorf("%s %v", listed(r.Items), r.Confidence)
	}
}

// said writes items as testdata/plan.txt does.
func said(items []team.NewItem) string {
	names := map[team.Kind]string{team.Done: "D", team.Plan: "P", team.Blocker: "B", team.Note: "N", team.Ask: "A", team.Decision: "X", team.Thanks: "T"}
	questions := map[team.Kind]int{team.Done: 0, team.Plan: 1, team.Blocker: 2, team.Note: -1, team.Ask: -1, team.Decision: -1, team.Thanks: -1}
	var all []string
	for _, it := range items {
		text := it.Text
		for i, letter := range []string{"I", "C", "T"} {
			if rest, ok := strings.CutPrefix(text, three[i]); ok {
				text = letter + rest
			}
			text = strings.Replace(text, "Dropped: "+three[i], "Dropped: "+letter, 1)
		}
		name := names[it.Kind]
		if it.Question != questions[it.Kind] {
			name += "?"
		}
		all = append(all, name+" "+strings.ReplaceAll(text, "\n", "⏎"))
	}
	return strings.Join(all, "; ")
}

func TestWhatBecameOfAPlanIsToldByItsNumbers(t *testing.T) {
	sent := planPrompt()
	for _, line := range table(t, "plan.txt") {
		words, want, _ := strings.Cut(line, " => ")
		text := strings.ReplaceAll(words, "⏎", "\n")
		r := Explain(from("Ines Duarte", "ines@harbour.example", text+"\n\nOn Tue, 3 Mar 2026, Harbour wrote:\n> "+strings.ReplaceAll(sent.Text, "\n", "\n> ")), sent)
		if got := said(r.Items); got != want {
			t.Errorf("%s\n got %s\nwant %s\nsteps %q", words, got, want, r.Steps)
		}
	}
}

// Answers beside and below the plan as it is quoted.
func TestAPlanIsAnsweredBetweenItsLines(t *testing.T) {
	sent := planPrompt()
	top := "Harbour: what happened today, Ines?\n\nReply in your own words; a minute is enough. Your team reads your answer\nfor Tuesday 3 March in their next digest.\n\n"
	questions := "  - What got done?\n  - What is next?\n  - What is in the way?\n\nYour plan from Mon 2 Mar:\n\n"
	foot := "\n\"1 done, 2 moved\" is answer enough; \"same\" plans all of it again.\n\nSent Mon–Fri at 16:00 (Lisbon); you are in Harbour.\n"
	quote := func(s string) string {
		return "> " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n> ") + "\n"
	}
	const lead = "On Tue, 3 Mar 2026 at 16:00, Harbour <updates@crew.example> wrote:\n"
	outlook := "Von: Harbour <updates@crew.example>\nGesendet: Dienstag, 3. März 2026 16:00\nAn: Ines Duarte <ines@harbour.example>\nBetreff: Harbour: what happened today, Ines?\n\n"
	for _, c := range []struct{ says, text, want string }{
		{"beside, in the quoted lines", lead + quote(top+questions) + ">   1. Finish the import   done\n>   2. Review the crane page - moved to Friday\n>   3. Call the port …  dropped\n" + quote(foot),
			"D I; P C (to Friday); N Dropped: T"},
		{"below", lead + quote(top+questions) + ">   1. Finish the import\ndone\n>   2. Review the crane page\nmoved\n>   3. Call the port …\n✔\n" + quote(foot), "D I; P C; D T"},
		{"below, with more", lead + quote(top+questions) + ">   1. Finish the import\n\nDone, took all day.\nThe northern quays were hard.\n\n>   2. Review the crane page\n\nStill in progress: half of it\n\n>   3. Call the port …\n" + quote(foot),
			"D I⏎took all day⏎The northern quays were hard.; P C (half of it)"},
		{"in German", lead + quote(top+questions) + ">   1. Finish the import\nerledigt\n>   2. Review the crane page\nauf Freitag verschoben\n>   3. Call the port …\n" + quote(foot),
			"D I; N auf Freitag verschoben"},
		{"a remark that says nothing of its fate", lead + quote(top+questions) + ">   1. Finish the import\nThe quays are in two files.\n>   2. Review the crane page\n>   3. Call the port …\n" + quote(foot),
			"N The quays are in two files."},
		{"Outlook, unmarked, beside", outlook + top + "* What got done?\n* What is next?\n* What is in the way?\nYour plan from Mon 2 Mar:\n1. Finish the import done\n2. Review the crane page → Friday\n3. Call the port …\n" + foot,
			"D I; P C (Friday)"},
		{"under questions and plan", lead + quote(top) + ">   - What got done?\nthe tide tables\n>   - What is next?\n>   - What is in the way?\n>\n> Your plan from Mon 2 Mar:\n>\n>   1. Finish the import\ndone\n>   2. Review the crane page\n>   3. Call the port …\n" + quote(foot),
			"D the tide tables; D I"},
		{"numbers under the questions", lead + quote(top) + ">   - What got done?\n1, 3\n>   - What is next?\n2\n>   - What is in the way?\nnothing\n>\n" + quote(foot), "D I; D T; P C"},
		{"claims under a question", lead + quote(top) + ">   - What got done?\n1 done, 2 moved\n>   - What is next?\nthe berth page\n>   - What is in the way?\n-\n>\n" + quote(foot), "D I; P C; P the berth page"},
		{"same under the question of the plan", lead + quote(top) + ">   - What got done?\nthe tide tables\n>   - What is next?\nSame as yesterday\n>   - What is in the way?\n>\n" + quote(foot), "D the tide tables; P I; P C; P T"},
		{"same under another question", lead + quote(top) + ">   - What got done?\nsame\n>   - What is next?\n>   - What is in the way?\n>\n" + quote(foot), "D same"},
		{"same below a heading", "Done: the tide tables\nNext: same\n\n" + lead + quote(sent.Text), "D the tide tables; P I; P C; P T"},
		{"nothing under one", lead + quote(top) + ">   - What got done?\nthe tide tables\n>   - What is next?\nnichts\n>   - What is in the way?\nnothing\n>\n" + quote(foot), "D the tide tables"},
		{"at the bottom of a quote that was cut", lead + quote(top+questions+"  1. Finish the import\n  2. Review the crane page\n  3. Call the port …") + "\nWe had a power cut at noon.\n", "N We had a power cut at noon."},
		{"claims at the bottom of a quote that was cut", lead + quote(top+questions+"  1. Finish the import\n  2. Review the crane page\n  3. Call the port …") + "\n1 done, 2 and 3 tomorrow\n", "D I; P C; P T"},
		{"the plan said again above", "1. Finish the import: done\n2. Review the crane page: tomorrow\n\n" + lead + quote(sent.Text), "D I; P C"},
	} {
		r := Explain(from("Ines Duarte", "ines@harbour.example", c.text), sent)
		if got := said(r.Items); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\nreply %q\nsteps %s", c.says, got, c.want, r.Reply, strings.Join(r.Steps, "\n"))
		}
	}
}

func TestOneWordIsEnoughForAPlanOfOne(t *testing.T) {
	sent := planPrompt()
	sent.Plan = three[:1]
	for words, want := range map[string]string{"Done!": "D I", "erledigt": "D I", "✅": "D I", "moved": "P I", "dropped": "N Dropped: I", "no": "", "next": "N next", "done with it": "N done with it"} {
		r := Explain(from("Ines Duarte", "ines@harbour.example", words), sent)
		if got := said(r.Items); got != want {
			t.Errorf("%q: got %s, want %s", words, got, want)
		}
	}
	if r := Explain(from("Ines Duarte", "ines@harbour.example", "Done!"), planPrompt()); said(r.Items) != "N Done!" || r.Confidence >= Sure {
		t.Errorf("of three: %s %v", said(r.Items), r.Confidence)
	}
}
