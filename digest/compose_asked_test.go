package digest

import (
	"strings"
	"testing"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
)

// askedFor are digests that Aiko asked for.
func askedFor() map[string]team.Answer {
	about := func(kind team.AnswerKind, turn *team.Turn) team.Answer {
		return team.Answer{ID: 81, Kind: kind, Person: aiko(platform), Subject: "digest", MessageID: "abc@mail.example.org", Turn: turn}
	}
	quiet, late := turns()["quiet"], turns()["late"]
	none := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: nil})
	since := late
	since.Slot.Day = march(2)
	noneSince := none
	noneSince.Slot.Day = march(2)
	return map[string]team.Answer{
		"now": about(team.AnswerDigest, &quiet), "since": about(team.AnswerSince, &since), "full": about(team.AnswerFull, &late),
		"none": about(team.AnswerDigest, &none), "none-since": about(team.AnswerSince, &noneSince), "never": about(team.AnswerFull, nil),
	}
}

func TestADigestThatIsAskedForTellsOnlyIfItIsTheNextOne(t *testing.T) {
	for name, a := range askedFor() {
		out, err := testComposer(t).Asked(a, tuesday(t))
		if err != nil {
			t.Fatal(err)
		}
		tells := name == "now" || name == "since" || name == "full"
		if out.Told != (name == "now") || len(out.Mail.Marks) > 0 != tells || strings.Contains(out.Mail.Text, "[a1]") != tells {
			t.Errorf("%s: told %v, marks %v\n%s", name, out.Told, out.Mail.Marks, out.Mail.Text)
		}
		if out.Mail.Kind != team.ReceiptMail || out.Mail.From != "" {
			t.Errorf("%s: it is a %s from %q", name, out.Mail.Kind, out.Mail.From)
		}
	}
}

func TestNothingOfAFullDigestIsLeftOut(t *testing.T) {
	if mailtest.Race {
		t.Skip("it is ninety long updates, and one goroutine")
	}
	long := strings.Repeat("All of it matters. ", 1000)
	turn := reading(aiko(platform), map[*team.Team][]team.Entry{&platform: {}})
	for i := range 90 {
		turn.Reading[0].Entries = append(turn.Reading[0].Entries, said(int64(i+2), "Dev Patel "+string(rune('A'+i%26)), "UTC", march(2), int64(i+1), "done: "+long+"The end."))
	}
	letter, _, _, err := testComposer(t).DigestLetter(turn, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(letter.HTML, `Reply with only &#34;full&#34; to get all of it.`) || !strings.Contains(letter.Text, `Reply with only "full"`) {
		t.Error("the digest does not say how to get all of it")
	}
	out, err := testComposer(t).Asked(team.Answer{ID: 82, Kind: team.AnswerFull, Person: aiko(platform), Turn: &turn}, tuesday(t))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.Mail.Text, "The end."); n != 90 {
		t.Errorf("%d of 90 items are whole in the text part", n)
	}
	if n := strings.Count(parse(t, *out.Mail).html, "The end."); n != 90 {
		t.Errorf("%d of 90 items are whole in the HTML part", n)
	}
}
