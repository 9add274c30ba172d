package reply

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// words3 is what people write in a language: an answer to each of the three questions, and a closing with the name below.
type words3 struct{ done, next, stuck, closing string }

var saidIn = map[string]words3{
	"en":    {"Finished the tide table import, all quays, with tests.", "The crane page with Kofi.", "Still waiting for the API key.", "Best,\nInes"},
	"en-GB": {"The import is done; two bugs fixed on the way (#441).", "Harbour map, then the crane page.", "Nothing is in the way.", "Kind regards,\nInes"},
	"de":    {"Der Import ist fertig, für alle Kais, mit Tests.", "Morgen die Kranseite mit Kofi.", "Der Schlüssel für die Schnittstelle fehlt noch.", "Viele Grüße\nInes"},
	"es":    {"Terminé la importación de las mareas, con pruebas.", "Mañana la página de las grúas.", "Sigo esperando la clave de la API.", "Saludos,\nInes"},
	"fr":    {"L'import des marées est terminé, avec des tests.", "Demain, la page des grues avec Kofi.", "J'attends toujours la clé de l'API.", "Cordialement,\nInes"},
	"it":    {"Ho finito l'importazione delle maree, con i test.", "Domani la pagina delle gru.", "Aspetto ancora la chiave.", "Cordiali saluti,\nInes"},
	"ja":    {"潮位表の取り込みが終わりました。テストもあります。", "明日はコフィさんとクレーンの画面です。", "APIの鍵をまだ待っています。", ""},
	"nl":    {"De import van de getijden is klaar, met tests.", "Morgen de kraanpagina met Kofi.", "Ik wacht nog op de sleutel.", "Groeten,\nInes"},
	"pt":    {"Terminei a importação das marés, com testes.", "Amanhã a página dos guindastes.", "Ainda espero a chave da API.", "Cumprimentos,\nInes"},
	"sv":    {"Importen av tidvattentabellen är klar, med tester.", "I morgon kransidan med Kofi.", "Väntar fortfarande på nyckeln.", "Hälsningar\nInes"},
	"da":    {"Importen af tidevandstabellen er færdig, med test.", "I morgen kransiden med Kofi.", "Jeg venter stadig på nøglen.", "Venlig hilsen\nInes"},
	"nb":    {"Importen av tidevannstabellen er ferdig, med tester.", "I morgen kransiden med Kofi.", "Venter fortsatt på nøkkelen.", "Hilsen\nInes"},
	"fi":    {"Vuorovesitaulukon tuonti on valmis, testit mukana.", "Huomenna nosturisivu Kofin kanssa.", "Odotan yhä avainta.", "Terveisin\nInes"},
	"pl":    {"Import tabeli pływów jest gotowy, z testami.", "Jutro strona dźwigów z Kofim.", "Wciąż czekam na klucz.", "Pozdrawiam\nInes"},
	"cs":    {"Import tabulky přílivu je hotový, i s testy.", "Zítra stránka jeřábů s Kofim.", "Pořád čekám na klíč.", "S pozdravem\nInes"},
	"hu":    {"Az árapály-táblázat importja kész, tesztekkel.", "Holnap a daruoldal Kofival.", "Még mindig várom a kulcsot.", "Üdvözlettel,\nInes"},
	"ro":    {"Importul tabelului de maree este gata, cu teste.", "Mâine pagina macaralelor cu Kofi.", "Încă aștept cheia.", "Cu stimă,\nInes"},
	"ru":    {"Импорт таблицы приливов готов, с тестами.", "Завтра страница кранов с Кофи.", "Всё ещё жду ключ.", "С уважением,\nInes"},
	"uk":    {"Імпорт таблиці припливів готовий, з тестами.", "Завтра сторінка кранів із Кофі.", "Досі чекаю на ключ.", "З повагою,\nInes"},
	"tr":    {"Gelgit tablosunun aktarımı bitti, testleriyle.", "Yarın Kofi ile vinç sayfası.", "Hâlâ anahtarı bekliyorum.", "Saygılarımla,\nInes"},
	"el":    {"Η εισαγωγή του πίνακα παλιρροιών τελείωσε, με δοκιμές.", "Αύριο η σελίδα των γερανών.", "Περιμένω ακόμα το κλειδί.", "Με εκτίμηση,\nInes"},
	"zh":    {"潮汐表的导入完成了，带测试。", "明天和科菲做起重机页面。", "还在等接口密钥。", ""},
	"zh-TW": {"潮汐表的匯入完成了，附測試。", "明天和科菲做起重機頁面。", "還在等介面金鑰。", ""},
	"ko":    {"조석표 가져오기를 마쳤습니다. 테스트도 있습니다.", "내일은 코피와 크레인 화면입니다.", "아직 키를 기다리고 있습니다.", ""},
	"ar":    {"انتهى استيراد جدول المد والجزر مع الاختبارات.", "غدا صفحة الرافعات مع كوفي.", "ما زلت أنتظر المفتاح.", "مع التحية،\nInes"},
	"he":    {"ייבוא טבלת הגאות הסתיים, עם בדיקות.", "מחר דף המנופים עם קופי.", "עדיין מחכה למפתח.", "בברכה,\nInes"},
}

// place is where in a reply the words stand, in a mail of ours of the kind.
type place struct {
	name   string
	mail   string // prompt or digest
	answer func(s words3, questions []string) (a mailtest.Answer, want []string)
}

func places(digest []string) []place {
	all := func(s words3) string { return s.done + "\n\n" + s.next + "\n\n" + s.stuck }
	signed := func(s words3) string { return strings.TrimRight(all(s)+"\n\n"+s.closing, "\n") }
	top := func(s words3, _ []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Text: signed(s)}, []string{all(s)}
	}
	listed := func(s words3, _ []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Text: "- " + s.done + "\n- " + s.next + "\n- https://git.harbour.example/tide/pulls/441", Signature: "Ines Duarte\nHarbour software"},
			[]string{"- " + s.done + "\n- " + s.next + "\n- https://git.harbour.example/tide/pulls/441"}
	}
	bottom := func(s words3, _ []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Under: []string{all(s)}}, []string{all(s)}
	}
	between := func(s words3, questions []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Questions: questions, Under: []string{s.done, s.next, s.stuck}}, []string{s.done, s.next, s.stuck}
	}
	some := func(s words3, questions []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Questions: questions, Text: s.stuck, Under: []string{"- " + s.done + "\n- #442", "", s.next}}, []string{s.stuck, "- " + s.done + "\n- #442", s.next}
	}
	item := func(s words3, _ []string) (mailtest.Answer, []string) {
		return mailtest.Answer{Questions: digest, Under: []string{s.next, s.stuck}}, []string{s.next, s.stuck}
	}
	return []place{
		{"top", "prompt", top}, {"top, a list and a signature", "prompt", listed}, {"bottom", "prompt", bottom}, {"between", "prompt", between}, {"between some", "prompt", some},
		{"top", "digest", top}, {"bottom", "digest", bottom}, {"between", "digest", item},
	}
}

// tally counts readings.
type tally struct{ all, exact, lost int }

func (t tally) String() string {
	return fmt.Sprintf("%5d replies  exact %6.2f %%  words lost in %5.2f %%", t.all, 100*float64(t.exact)/float64(max(1, t.all)), 100*float64(t.lost)/float64(max(1, t.all)))
}

// TestCorpus reads replies to our own mails as every client writes them in every language, with the words above, below and within the
// quote, and counts how many are read exactly. With -v it prints the figures by client, language and place, and those of a reader that
// does not know what we had sent.
func TestCorpus(t *testing.T) {
	mails := map[string]*Original{}
	raws := map[string][]byte{}
	for _, kind := range []string{"prompt", "digest"} {
		raw, err := os.ReadFile("testdata/corpus/" + kind + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		raws[kind] = raw
		mails[kind] = &Original{Text: mime.Read(raw).Plain}
	}
	mails["prompt"].Questions = team.DefaultQuestions()
	digest := corpusItems(mails["digest"].Text)
	at := time.Date(2026, 3, 11, 17, 12, 41, 0, time.FixedZone("", 19800))
	known, blind := map[string]tally{}, map[string]tally{}
	shown := 0
	for _, client := range mailtest.Clients() {
		for i, locale := range mailtest.Locales() {
			if mailtest.Race && i%6 != 0 {
				continue
			}
			for _, p := range places(digest) {
				if p.name != "top" && !client.Interleaves && !strings.HasPrefix(p.name, "top") {
					continue // nobody writes there
				}
				a, want := p.answer(saidIn[locale], mails["prompt"].Questions)
				raw, err := client.Reply(raws[p.mail], mailtest.Identity{Name: "Ines Duarte", Address: "ines@harbour.example", Locale: locale}, at, a)
				if err != nil {
					t.Fatal(err)
				}
				m := mime.Read(raw)
				keys := []string{"all", "client " + client.Name, "language " + locale, p.mail + ", " + p.name}
				got := Explain(m, mails[p.mail])
				if !count(known, keys, got.Reply, want) && shown < 6 {
					shown++
					t.Logf("%s in %s, %s, %s:\n%s\nwanted:\n%s\nsteps:\n%s\nbody:\n%s", client.Name, locale, p.mail, p.name, got.Reply, strings.Join(want, "\n\n"), strings.Join(got.Steps, "\n"), mime.Text(m.Body))
				}
				count(blind, keys, Explain(m, nil).Reply, want)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		t.Logf("%-44s %s   blind: %s", key, known[key], strings.TrimSpace(blind[key].String()))
	}
	all := known["all"]
	if len(mailtest.Clients()) < 25 || len(mailtest.Locales()) < 15 || all.all < 5000 && !mailtest.Race {
		t.Errorf("only %d replies of %d clients in %d languages", all.all, len(mailtest.Clients()), len(mailtest.Locales()))
	}
	if float64(all.exact) < 0.995*float64(all.all) || float64(all.lost) > 0.005*float64(all.all) {
		t.Errorf("of all %s; at least 99.5 %% must be exact, and no words may be lost in more than 0.5 %%", all)
	}
}

// corpusItems are two items of a digest that fit on a line, to write under.
func corpusItems(text string) []string {
	var items []string
	for line := range strings.SplitSeq(text, "\n") {
		if words, mark, ok := strings.Cut(line, "   ["); ok && mark != "" && len(items) < 2 {
			fields := strings.Fields(words)
			items = append(items, strings.Join(fields[max(0, len(fields)-4):], " "))
		}
	}
	return items
}

// count adds a reading to the tallies and tells whether it was exact.
func count(to map[string]tally, keys []string, got string, want []string) bool {
	exact := fold(got) == fold(strings.Join(want, "\n\n"))
	lost := false
	for _, w := range strings.Fields(strings.Join(want, " ")) {
		lost = lost || !strings.Contains(got, w)
	}
	for _, k := range keys {
		n := to[k]
		n.all++
		if exact {
			n.exact++
		}
		if lost {
			n.lost++
		}
		to[k] = n
	}
	return exact
}
