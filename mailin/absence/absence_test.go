package absence

import (
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// written2026 is the day on which all is written: Tuesday 28 July 2026.
var written2026 = team.Date{Year: 2026, Month: time.July, Day: 28}

func shown(s team.Span) string {
	return strings.TrimPrefix(s.From.String(), "2026-") + "/" + strings.TrimPrefix(s.Through.String(), "2026-")
}

func TestOrdersNameTheirDays(t *testing.T) {
	for text, want := range map[string]string{
		"off friday":                          "07-31/07-31",
		"Off on Friday.":                      "07-31/07-31",
		"off tuesday":                         "07-28/07-28",
		"off for a week":                      "07-28/08-03",
		"off for 3 days":                      "07-28/07-30",
		"Away for two weeks, thanks":          "07-28/08-10",
		"off one day":                         "07-28/07-28",
		"off tomorrow, thanks!":               "07-29/07-29",
		"off 3–14 Aug":                        "08-03/08-14",
		"off 3-14 Aug":                        "08-03/08-14",
		"off 3 to 14 August":                  "08-03/08-14",
		"off Aug 3 - Aug 14":                  "08-03/08-14",
		"off August 3–14, 2026":               "08-03/08-14",
		"off from 28 July to 3 August":        "07-28/08-03",
		"off 28 - 3 August":                   "07-28/08-03",
		"off until monday":                    "07-28/08-02",
		"off until 17 August":                 "07-28/08-16",
		"off through 14 August":               "07-28/08-14",
		"off 2026-08-03 to 2026-08-14":        "08-03/08-14",
		"off 2026-08-03":                      "08-03/08-03",
		"off 3.8.-14.8.":                      "08-03/08-14",
		"off 3.–14.8.":                        "08-03/08-14",
		"off 03/08/2026 - 14/08/2026":         "08-03/08-14",
		"off 14/8":                            "08-14/08-14",
		"off wed to fri":                      "07-29/07-31",
		"off thursday and friday":             "07-30/07-31",
		"off Friday 31 July":                  "07-31/07-31",
		"off 24 Dec to 2 Jan":                 "12-24/2027-01-02",
		"off 15 March":                        "2027-03-15/2027-03-15",
		"I'm away until 17 Aug, thanks":       "07-28/08-16",
		"away friday":                         "07-31/07-31",
		"Frei am Freitag":                     "07-31/07-31",
		"Urlaub vom 3. bis 14. August":        "08-03/08-14",
		"Bin zurück":                          "back",
		"absent du 3 au 14 août":              "08-03/08-14",
		"en congé jusqu'au 17 août":           "07-28/08-16",
		"de vacaciones del 3 al 14 de agosto": "08-03/08-14",
		"in ferie dal 3 al 14 agosto":         "08-03/08-14",
		"de férias de 3 a 14 de agosto":       "08-03/08-14",
		"vrij van 3 tot 14 augustus":          "08-03/08-14",
		"fri fra 3. til 14. august":           "08-03/08-14",
		"ledig 3–14 augusti":                  "08-03/08-14",
		"lomalla 3.–14.8.":                    "08-03/08-14",
		"urlop od 3 do 14 sierpnia":           "08-03/08-14",
		"dovolená od 3. do 14. srpna":         "08-03/08-14",
		"szabadságon augusztus 3-14":          "08-03/08-14",
		"concediu 3-14 august":                "08-03/08-14",
		"izinliyim 3-14 ağustos":              "08-03/08-14",
		"σε άδεια από 3 έως 14 Αυγούστου": "08-03/08-14",
		"отпуск с 3 по 14 августа":        "08-03/08-14",
		"відпустка з 3 по 14 серпня":      "08-03/08-14",
		"休み 8月3日から14日":                    "08-03/08-14",
		"休假 8月3日至14日":                     "08-03/08-14",
		"휴가 8월 3일부터 14일":                  "08-03/08-14",
		"off next week":                   "08-03/08-09",
		"Off all of next week, thanks":    "08-03/08-09",
		"off this week":                   "07-28/08-02",
		"I'm off the rest of the week.":   "07-28/08-02",
		"off until next week":             "07-28/08-02",
		"off through next week":           "07-28/08-09",
		"Urlaub nächste Woche":            "08-03/08-09",
		"en congé la semaine prochaine":   "08-03/08-09",
		"休み 来週":                           "08-03/08-09",
		"휴가 다음 주":                         "08-03/08-09",
		"back":                            "back",
		"Back!":                           "back",
		"I'm back.\n":                     "back",
		"de retour":                       "back",
		"戻りました":                           "back",
		"вернулся":                        "back",
	} {
		order, doubt, ok := ReadOrder(text, Writer{Today: written2026, WeekBegins: time.Monday})
		got := shown(order.Away)
		if order.Back {
			got = "back"
		}
		if !ok || doubt != "" || got != want {
			t.Errorf("%q: %s, doubt %q, ok %t; want %s", text, got, doubt, ok, want)
		}
	}
}

func TestWeeksBeginAsTheirWriterWorks(t *testing.T) {
	for _, c := range []struct {
		today  team.Date
		begins time.Weekday
		want   string
	}{
		{written2026, time.Monday, "08-03/08-09"}, {written2026, time.Sunday, "08-02/08-08"}, {written2026, time.Saturday, "08-01/08-07"},
		{written2026.Add(-1), time.Monday, "08-03/08-09"}, {written2026.Add(5), time.Monday, "08-03/08-09"}, {written2026.Add(5), time.Sunday, "08-09/08-15"},
	} {
		if order, doubt, ok := ReadOrder("off next week", Writer{Today: c.today, WeekBegins: c.begins}); !ok || shown(order.Away) != c.want {
			t.Errorf("on %s, weeks from %s: %s, doubt %q; want %s", c.today.Short(), c.begins, shown(order.Away), doubt, c.want)
		}
	}
}

func TestWhatIsNotSureIsADoubt(t *testing.T) {
	for _, text := range []string{
		"off yesterday", "back tomorrow", "back monday", "back on Monday", "off next friday", "off next month", "off next two weeks", "off from next week", "off next week or so", "off next week friday", "off the week after next", "休假 下周一", "off until whenever", "off 31 June", "off Monday 31 July", "off from 3 August", "off 14 to 3 August 2026",
		"off until tuesday", "off 1 July", "off 2025-08-03", "off until 2029-01-01", "off friday or so", "off 3/8", "off monday and friday 14 Aug maybe not",
	} {
		if order, doubt, ok := ReadOrder(text, Writer{Today: written2026, MonthFirst: true, WeekBegins: time.Monday}); ok || doubt == "" {
			t.Errorf("%q is taken for %+v (%t), doubt %q", text, order, ok, doubt)
		}
	}
}

func TestAnUpdateIsNoOrder(t *testing.T) {
	for _, text := range []string{
		"", "off", "off to a good start", "off by one in the importer, fixed in 3 places", "Off the critical path now.", "back to the importer",
		"Back from the customer, and the importer works on Friday again.", "Fixed the backup", "away team won", "Friday off", "off friday\nDone: the importer",
		"Off Friday. Before that I finish the importer and hand it over to Mia.", "frei gegeben am 3. August durch die Leitung", "Urlaub ist eingetragen", "nothing",
		"3–14 Aug", "Done: off friday",
	} {
		if order, doubt, ok := ReadOrder(text, Writer{Today: written2026, WeekBegins: time.Monday}); ok || doubt != "" {
			t.Errorf("%q is taken for %+v (%t), doubt %q", text, order, ok, doubt)
		}
	}
}

func TestNotesNameTheirDays(t *testing.T) {
	const only = "07-28/07-28"
	for text, want := range map[string]string{
		// English
		"I am out of the office until 14 August.":                                 "07-28/08-14",
		"I'm on leave from 3 to 14 August. For urgent matters write to Mia.":      "08-03/08-14",
		"I am away and back on Monday 17 Aug.":                                    "07-28/08-16",
		"I am at a wedding and back on Thursday 30 July. Please write to Marcus.": "07-28/07-29",
		"I am out of office from August 3 through August 14, 2026.":               "08-03/08-14",
		"I'm away until 14 August and will be back on 17 August.":                 "07-28/08-16",
		"I am on vacation. I will return on 17 August 2026.":                      "07-28/08-16",
		"I won't be back until 17 August.":                                        "07-28/08-16",
		"I am out of the office today.":                                           only,
		"I am on vacation with limited access to email.":                          only,
		"I'm out of office on 30 July.":                                           "07-30/07-30",
		"Out of office\nuntil Friday. I will get back to you then.":               "07-28/07-31",
		"I was out of office until 3 July.":                                       only,
		"I'm away until 14 August; I'll get back to you on my return.":            "07-28/08-14",
		"On annual leave 2026-08-03 to 2026-08-14":                                "08-03/08-14",
		"I am out of the office from Mon, Aug 3 to Fri, Aug 14.":                  "08-03/08-14",
		"I am out of the office until next Friday.":                               only,
		"I am out of the office, next week Friday I am in the harbour.":           only,
		// German
		"Ich bin bis zum 14. August nicht im Büro.":                                        "07-28/08-14",
		"Ich bin vom 3. bis 14. August im Urlaub und ab dem 17. August wieder erreichbar.": "08-03/08-16",
		"Ich bin vom 03.08. bis einschließlich 14.08.2026 abwesend.":                       "08-03/08-14",
		"Ich bin bis einschliesslich 14. August nicht im Buero.":                           "07-28/08-14",
		"Ich bin ab 3. August ausser Haus und am 17. August zurueck.":                      "08-03/08-16",
		"Ich bin am 17. August wieder da.":                                                 "07-28/08-16",
		"Ich bin im Urlaub. Ab Montag, 17.08.2026, bin ich wieder im Büro.":                "07-28/08-16",
		// French
		"Je suis absente jusqu'au 14 août inclus.":                 "07-28/08-14",
		"Je suis en congés du 3 au 14 août. De retour le 17 août.": "08-03/08-16",
		// Spanish
		"Estoy de vacaciones del 3 al 14 de agosto.":                                        "08-03/08-14",
		"Estaré fuera de la oficina hasta el 14 de agosto de 2026. Vuelvo el 17 de agosto.": "07-28/08-16",
		// Italian
		"Sono in ferie dal 3 al 14 agosto.":                           "08-03/08-14",
		"Sono fuori ufficio fino al 14 agosto. Rientro il 17 agosto.": "07-28/08-16",
		// Portuguese
		"Estou de férias de 3 a 14 de agosto.":                   "08-03/08-14",
		"Estou ausente até 14 de agosto. Volto em 17 de agosto.": "07-28/08-16",
		// Dutch
		"Ik ben afwezig tot en met 14 augustus.":                                                 "07-28/08-14",
		"Ik ben met vakantie van 3 tot en met 14 augustus. Op 17 augustus ben ik weer aanwezig.": "08-03/08-16",
		// Danish, Norwegian, Swedish, Finnish
		"Jeg er på ferie til og med 14. august.":                                   "07-28/08-14",
		"Jeg er på ferie fra den 3. til den 14. august og tilbage den 17. august.": "08-03/08-16",
		"Jeg er på ferie fra 3. til 14. august, tilbake 17. august.":               "08-03/08-16",
		"Jag är på semester till och med 14 augusti.":                              "07-28/08-14",
		"Jag är ledig 3–14 augusti och tillbaka den 17 augusti.":                   "08-03/08-16",
		"Olen lomalla 3.–14.8.2026.":                                               "08-03/08-14",
		"Olen poissa 14. elokuuta asti. Palaan 17.8.":                              "07-28/08-16",
		// Polish, Czech, Slovak, Hungarian, Romanian
		"Jestem na urlopie do 14 sierpnia.":                               "07-28/08-14",
		"Jestem na urlopie od 3 do 14 sierpnia 2026. Wracam 17 sierpnia.": "08-03/08-16",
		"Jsem na dovolené do 14. srpna. Vrátím se 17. srpna.":             "07-28/08-16",
		"Som na dovolenke od 3. do 14. augusta.":                          "08-03/08-14",
		"Szabadságon vagyok augusztus 14-ig.":                             "07-28/08-14",
		"Szabadságon vagyok augusztus 3-tól 14-ig.":                       "08-03/08-14",
		"Sunt în concediu până la 14 august. Revin pe 17 august.":         "07-28/08-16",
		// Turkish, Greek
		"14 Ağustos'a kadar izindeyim.":          "07-28/08-14",
		"İzindeyim. 17 Ağustos'ta döneceğim.":    "07-28/08-16",
		"Είμαι σε άδεια από 3 έως 14 Αυγούστου.": "08-03/08-14",
		"Απουσιάζω μέχρι τις 14 Αυγούστου. Επιστρέφω στις 17 Αυγούστου.": "07-28/08-16",
		// Russian, Ukrainian, Bulgarian
		"Я в отпуске до 14 августа. Вернусь 17 августа.":  "07-28/08-16",
		"Нахожусь в отпуске с 3 по 14 августа 2026 года.": "08-03/08-14",
		"Я у відпустці до 14 серпня.":                     "07-28/08-14",
		"В отпуск съм от 3 до 14 август.":                 "08-03/08-14",
		// Japanese, Chinese, Korean
		"8月14日まで不在にしております。": "07-28/08-14",
		"8月3日から8月14日まで夏季休業とさせていただきます。8月17日より通常業務となります。": "08-03/08-16",
		"8月3日(月)から14日(金)まで休暇をいただきます。":                   "08-03/08-14",
		"我于8月3日至8月14日休假，8月17日返回。":                       "08-03/08-16",
		"我不在办公室，直到8月14日。":                               "07-28/08-14",
		"8월 14일까지 휴가입니다.":                               "07-28/08-14",
		"8월 3일부터 8월 14일까지 부재중입니다. 8월 17일에 복귀합니다.":       "08-03/08-16",
		// Arabic, Hebrew, Vietnamese
		"أنا خارج المكتب حتى 14 أغسطس.":                "07-28/08-14",
		"أنا في إجازة من ٣ إلى ١٤ أغسطس.":              "08-03/08-14",
		"אני מחוץ למשרד עד 14 באוגוסט.":                "07-28/08-14",
		"אני בחופשה 3-14 באוגוסט. אחזור ב-17 באוגוסט.": "08-03/08-16",
		"Tôi nghỉ phép từ 3/8 đến 14/8.":               "08-03/08-14",
		"Tôi vắng mặt đến hết ngày 14 tháng 8.":        "07-28/08-14",
	} {
		span, ok := ReadNote("Automatic reply: Platform", text, Writer{Today: written2026, WeekBegins: time.Monday})
		if got := shown(span); !ok || got != want {
			t.Errorf("%q: %s, ok %t; want %s", text, got, ok, want)
		}
	}
	if span, ok := ReadNote("Out of office: back on 17 August", "", Writer{Today: written2026, WeekBegins: time.Monday}); !ok || shown(span) != "07-28/08-16" {
		t.Errorf("a subject alone: %s %t", shown(span), ok)
	}
	if span, ok := ReadNote("", "I am on leave until 8/3.", Writer{Today: written2026, MonthFirst: true, WeekBegins: time.Monday}); !ok || shown(span) != only {
		t.Errorf("a date that may be two: %s %t", shown(span), ok)
	}
}

func TestOtherMailOfMachinesIsNoNote(t *testing.T) {
	for _, text := range []string{
		"", "Thank you for your mail. We answer within two days.", "Your ticket 4711 was opened on 3 August 2026.", "Accepted: Planning, 3 August 10:00 to 11:00",
		"The office is open Monday to Friday from 9 to 17.", "Ihre Nachricht wurde am 3. August gelesen.", "I read mail twice a day and get back to you by 3 August.",
	} {
		if span, ok := ReadNote("Re: Platform", text, Writer{Today: written2026, WeekBegins: time.Monday}); ok {
			t.Errorf("%q is taken for a leave %s", text, shown(span))
		}
	}
}

func TestEachMonthAndDayIsReadInEachLanguage(t *testing.T) {
	for phrase, m := range lexicon.meanings {
		if m.month == 0 || m.weekday != 0 {
			continue
		}
		want := team.Date{Year: 2027, Month: m.month, Day: 10}
		span, ok := ReadNote("", "away until 10 "+phrase+" 2027", Writer{Today: team.Date{Year: 2026, Month: time.December, Day: 20}})
		if strings.HasPrefix(phrase, "tháng") && !ok {
			continue
		}
		if !ok || span.Through != want {
			t.Errorf("10 %s 2027 is read as %s", phrase, span.Through)
		}
	}
}

func FuzzOrder(f *testing.F) {
	for _, seed := range []string{"off friday", "off 3–14 Aug", "off until 2026-08-03", "back", "休み 8月3日から14日", "off 28 - 3 August", "szabadságon augusztus 3-tól 14-ig"} {
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, monthFirst bool) {
		order, doubt, ok := ReadOrder(text, Writer{Today: written2026, MonthFirst: monthFirst, WeekBegins: time.Monday})
		if ok && doubt != "" {
			t.Fatalf("%q is sure and a doubt: %s", text, doubt)
		}
		if ok && !order.Back {
			checkSpan(t, text, order.Away)
		}
	})
}

func FuzzNote(f *testing.F) {
	f.Add("Automatic reply", "I am away until 14 August and back on 17 August.", true)
	f.Add("", "8月3日(月)から14日(金)まで休暇をいただきます。", false)
	f.Add("Abwesend", "vom 03.08. bis 14.08.2026, ab 17. August wieder da", false)
	f.Fuzz(func(t *testing.T, subject, text string, monthFirst bool) {
		if span, ok := ReadNote(subject, text, Writer{Today: written2026, MonthFirst: monthFirst, WeekBegins: time.Monday}); ok {
			checkSpan(t, text, span)
		}
	})
}

func checkSpan(t *testing.T, text string, s team.Span) {
	t.Helper()
	if s.From.Before(written2026) || s.Through.Before(s.From) || s.Through.Number()-s.From.Number() > longest || s.From.Add(0) != s.From || s.Through.Add(0) != s.Through {
		t.Fatalf("%q gives %s", text, shown(s))
	}
}

func TestTitlesThatSayNothingButALeaveAreKnown(t *testing.T) {
	for title, want := range map[string]bool{
		"Out of office": true, "OOO": true, "Vacation!": true, "Aiko – PTO": true, "Aiko Tanaka on vacation": true, "Im Urlaub": true, "Urlaub Aiko": true, "休暇": true,
		"Day off": true, "en vacances": true, "Off": true, "": false, "Aiko": false, "Release day": false, "Vacation planning": false, "Mia on vacation": false, "Away day": false,
		"Vacation 3": false, "Office": false,
	} {
		if got := IsLeave(title, "Aiko Tanaka"); got != want {
			t.Errorf("%q: %t", title, got)
		}
	}
}
