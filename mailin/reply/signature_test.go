package reply

import (
	"os"
	"strings"
	"testing"

	"daybreak/mailin/mime"
)

func rows(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if !strings.HasPrefix(l, "#") {
			all = append(all, l)
		}
	}
	return all
}

func TestFootersOfPhonesAreLeftOut(t *testing.T) {
	for _, footer := range rows(t, "testdata/footers.txt") {
		for _, body := range []string{
			"The import is done.\n\n" + footer + "\n",
			"The import is done.\n\n" + footer + "\n\nOn Tue, Mar 3, 2026 at 4:00 PM Harbour <updates@crew.example> wrote:\n> How was Tuesday?\n",
		} {
			if got := Explain(plain(body), nil); got.Reply != "The import is done." {
				t.Errorf("%s → %q", footer, got.Reply)
				break
			}
		}
	}
}

func TestClosingsAreLeftOut(t *testing.T) {
	for _, closing := range rows(t, "testdata/closings.txt") {
		closing = strings.ReplaceAll(closing, " / ", "\x00")
		closing = strings.ReplaceAll(strings.ReplaceAll(closing, "/", "\n"), "\x00", " / ")
		m := plain("The import is done.\n\n" + closing + "\n")
		for _, known := range []bool{false, true} {
			if !known && strings.Contains("LG Ines Hilsen Ines Terveisin Ines", closing) {
				continue // one word without a comma: only before the sender's own name
			}
			if known {
				m.From = []mime.Address{{Name: "Ines Duarte", Addr: "ines.duarte@harbour.example"}}
			}
			if got := Explain(m, nil); got.Reply != "The import is done." {
				t.Errorf("%q → %q", closing, got.Reply)
			}
		}
	}
}

func TestWhatOnlyLooksLikeASignatureIsKept(t *testing.T) {
	for _, words := range []string{
		"Thanks!",
		"Best case: Friday.",
		"Best, if we ask them again",
		"Done with\n- import\n- Anna",
		"Two things:\n\n-import\n-crane",
		"Regards the crane: it is theirs.",
		"Done.\n\nPS: the key is here",
		"Done.\n\nKofi\nfixed it",
		"Import\n--\nthe crane page is still open, and I will need two more days for it because of the key.\n- berth\n- quay",
		"Import\n---\nCrane page, tomorrow.",
		"see https://harbour.example/crane\nand https://harbour.example/quay",
		"Nothing is confidential.",
		"We sent the phones from Lisbon",
		"Please give Kofi my regards\nThe crane is theirs from Monday",
		"The port sends its regards",
		"The import is done.\n\nHave a nice day!",
		"The import is done.\n\nSee you tomorrow",
		"The import is done.\n\nBis morgen",
		"The import is done, thanks and regards to Kofi",
		"Two people know the tide:\n\nKofi Mensah\nMei-Ling Chen",
		"The crew:\n\nKofi Mensah <kofi@crew.example>\nMei-Ling Chen <mei@crew.example>\nDiego <diego@crew.example>",
		"Best wishes for the launch",
		"Regards the crane, ask Kofi",
		"The API key is\n--\nnot here yet, and the port says that it comes on Friday.",
		"Phone: 12345\nFax: 67890",
		"Berth 12\nBerth 14",
		"ALL DONE",
		"Lisbon\nPorto\nFaro",
		"-",
		"+1",
		"👍",
		"nothing",
		"Call me: +351 21 000 000",
		"I will unsubscribe the old list, see https://lists.example/",
		"--\nInes",
		"The virus scanner is scanned by nobody",
		"Import\n--\nCrane page\nToday\n--\nBerth 12",
		"1) import\n2) crane page\n\n--\n3) berth 12",
		"1. import\n\n---\n2. crane page",
		"Two crates came.\nSent from my depot: one.",
	} {
		m := plain(words + "\n")
		m.From = []mime.Address{{Name: "Ines Duarte", Addr: "ines.duarte@harbour.example"}}
		if got := Explain(m, nil); got.Reply != words {
			t.Errorf("%q → %q\n%s", words, got.Reply, strings.Join(got.Steps, "\n"))
		}
	}
}

func TestSmallPrintIsLeftOut(t *testing.T) {
	const words = "The import is done."
	for _, print := range []string{
		"-- \nInes Duarte\nHarbour software",
		"--\nInes",
		"---\nInes Duarte",
		"—\nInes",
		"Ines Duarte\nines@harbour.example\n+351 21 000 000\nwww.harbour.example",
		"Ines",
		"- Ines",
		"-Ines",
		"~ Ines Duarte",
		"This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please notify the sender and delete this message.",
		"CONFIDENTIALITY NOTICE: This message may contain privileged\nand confidential information. Any unauthorized disclosure is\nstrictly prohibited.\n\nPlease consider the environment before printing this e-mail.",
		"Diese E-Mail enthält vertrauliche oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte den Absender.",
		"Ce message et ses pièces jointes sont confidentiels et destinés exclusivement à leur destinataire. Si vous avez reçu ce message par erreur, merci d'en informer l'expéditeur. Toute divulgation est interdite.",
		"Virus-free. www.avast.com",
		"<https://www.avast.com/sig-email>  Virus-free. www.avast.com\n<https://www.avast.com/sig-email>",
		"--\nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
		"-- \nYou received this message because you are subscribed to the Google Groups \"crew\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to crew+unsubscribe@groups.example.",
		"_______________________________________________\ncrew mailing list\ncrew@lists.example\nhttps://lists.example/mailman/listinfo/crew",
		"Best regards,\nInes\n\nSent from my iPhone",
		"Sent from my iPhone\n\nBest,\nInes",
		"Ines\n\nGet Outlook for iOS",
	} {
		m := plain(words + "\n\n" + print + "\n")
		m.From = []mime.Address{{Name: "Ines Duarte", Addr: "ines.duarte@harbour.example"}}
		if got := Explain(m, nil); got.Reply != words {
			t.Errorf("%q → %q\n%s", print, got.Reply, strings.Join(got.Steps, "\n"))
		}
	}
}

func TestBannersAboveTheWordsAreLeftOut(t *testing.T) {
	const words = "The import is done."
	for _, banner := range []string{
		"[EXTERNAL]",
		"*EXTERNAL EMAIL*",
		"CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender.",
		"CAUTION: This email originated from outside of the\norganization. Do not click links or open attachments unless you\nrecognize the sender.",
		"You don't often get email from ines@harbour.example. Learn why this is important",
		"ACHTUNG: Diese E-Mail stammt von einem externen Absender. Klicken Sie nicht auf Links.",
	} {
		if got := Explain(plain(banner+"\n\n"+words+"\n"), nil); got.Reply != words {
			t.Errorf("%q → %q", banner, got.Reply)
		}
	}
}

func TestNoticesAreLeftOut(t *testing.T) {
	for _, notice := range blocks(t, "testdata/notices.txt") {
		for _, words := range []string{"The import is done.", "OK"} {
			for _, body := range []string{
				words + "\n\n" + notice + "\n",
				words + "\n\nBest,\nInes\n\n" + notice + "\n",
				words + "\n\n" + wrap(notice, 72) + "\n",
				words + "\n\n" + notice + "\n\nOn Tue, Mar 3, 2026 at 4:00 PM Harbour <updates@crew.example> wrote:\n> How was Tuesday?\n",
				words + "\n\nOn Tue, Mar 3, 2026 at 4:00 PM Harbour <updates@crew.example> wrote:\n> How was Tuesday?\n\n" + notice + "\n",
			} {
				if got := Explain(plain(body), nil); got.Reply != words {
					t.Errorf("%s\n→ %q\n%s", body, got.Reply, strings.Join(got.Steps, "\n"))
					break
				}
			}
		}
	}
}

func TestSignaturesOfPeopleNotKnownAreLeftOut(t *testing.T) {
	const words = "The import is done."
	const legal = "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please notify the sender and delete this message."
	for _, c := range []struct{ below, want string }{
		{"------------------------\n横浜港湾株式会社 運用部\n伊藤 直美\n〒231-0002 横浜市中区1-2\nMail: naomi@harbour.example\n------------------------", ""},
		{"========================\nHarbour software\nInes Duarte\nhttps://harbour.example\n========================", ""},
		{"------------------------\n- berth 12\n- see https://harbour.example\n------------------------", "\n\n------------------------\n- berth 12\n- see https://harbour.example"},
		{"------------------------\nBerth 12\nBerth 14\n------------------------", "\n\n------------------------\nBerth 12\nBerth 14"},
		{"Ines Duarte\nHarbour software\n+351 21 000 000\n\n" + legal, ""},
		{"林小梅\n港口软件部\n电话：010-0000-0000\n\n" + legal, ""},
		{"Ines Duarte\nHarbour software\n+351 21 000 000", "\n\nInes Duarte\nHarbour software\n+351 21 000 000"}, // perhaps whom to call
		{"Berth 12\nBerth 14\nBerth 16\n\n" + legal, "\n\nBerth 12\nBerth 14\nBerth 16"},
		{"The port has a new number:\n+351 21 000 000\n\n" + legal, "\n\nThe port has a new number:\n+351 21 000 000"},
	} {
		if got := Explain(plain(words+"\n\n"+c.below+"\n"), nil); got.Reply != words+c.want {
			t.Errorf("%q → %q\n%s", c.below, got.Reply, strings.Join(got.Steps, "\n"))
		}
	}
}
