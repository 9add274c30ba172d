package reply

import "testing"

func TestOnlyAYesAgrees(t *testing.T) {
	for _, yes := range []string{"Yes", "ok!", "OK, thanks", "Yes, that's right. Thanks!", "👍", "passt so, danke", "oui, c'est bon", "はい、大丈夫です。", "Да, всё верно", "sí, correcto. Gracias", "是的,谢谢", "Thanks!"} {
		if !Agrees(yes) {
			t.Errorf("%q does not agree", yes)
		}
	}
	for _, no := range []string{"", "No", "Yes, but the crane page is not done", "ok so the crane page is done", "Fixed the right pane", "1 done", "Thanks to Kofi the quay list is right", "-"} {
		if Agrees(no) {
			t.Errorf("%q agrees", no)
		}
	}
}

func TestAQuestionIsAnsweredByYesOrNo(t *testing.T) {
	for words, want := range map[string]string{
		"Yes": "yes", "yes, thanks": "yes", "Ja, das stimmt so, danke": "", "ja": "yes", "はい": "yes", "да": "yes",
		"No": "no", "No, that was not me!": "no", "Nein, das war ich nicht.": "no", "not me": "no", "非": "", "不是我": "no", "нет": "no", "nej": "no",
		"": "", "Thanks!": "", "yes and no": "", "No, but it is fine": "", "yes, no": "", "no blockers": "",
	} {
		got := ""
		yes, no := Affirms(words), Denies(words)
		switch {
		case yes && no:
			got = "both"
		case yes:
			got = "yes"
		case no:
			got = "no"
		}
		if got != want {
			t.Errorf("%q says %q, want %q", words, got, want)
		}
	}
}

func TestCourtesiesTellNothing(t *testing.T) {
	for _, words := range []string{
		"Thanks!", "See you next month", "Best, Mia", "Best regards\nMia Rossi", "Mia", "Hi all,\n\nHave a nice day!", "Sorry!", "Bis bald!", "Danke\nMia", "bye bye", "--\n", "Have a great weekend",
		"Thanks for everything, it was fun",
	} {
		if !Courteous(words, "Mia Rossi") {
			t.Errorf("%q tells something", words)
		}
	}
	for _, words := range []string{
		"I moved", "Not sure how this works", "- shipped X", "Sorry, the build is broken", "thanks to Mia the build works", "have a bug in worker 3", "take care of the release", "See you in #standup at 9", "Dev",
		"Best: the importer is done", "Done", "See you at the review of the importer on Monday, we have much to say there",
	} {
		if Courteous(words, "Mia Rossi") {
			t.Errorf("%q tells nothing", words)
		}
	}
}

func TestWordsThatOnlyDecide(t *testing.T) {
	for words, want := range map[string]bool{
		"Yes, please do.": true, "yes": true, "YES!": true, "Sure, go ahead. Thanks!": true, "No, not yet.": true, "Hi Ines,\n\nyes please.\n\nThanks, Kofi": true, "ok": true, "👍": false,
		"Ja, gerne!": true, "Nein, leider nicht.": true, "Oui, bien sûr. Merci": true, "はい、お願いします。": true, "نعم، شكرا": true, "No, I'm afraid not": true, "Of course, Ines": true, "Да, конечно": true,
		"": false, "Great, thanks": false, "Thanks": false, "Yes, I said so on Monday": false, "yes?": false, "Done: the lamps": false, "nothing": false, "Yes, the lamps are up": false, "Perfect": false, "skip": false,
	} {
		if got := Decides(words, "Kofi Mensah", "Ines Duarte"); got != want {
			t.Errorf("%q only decides: %t, want %t", words, got, want)
		}
	}
}
