package mime

import (
	"encoding/base64"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func TestUndeclaredTextIsReadByItsLetters(t *testing.T) {
	check := func(enc encoding.Encoding, texts ...string) {
		t.Helper()
		for _, want := range texts {
			raw, err := enc.NewEncoder().String(want)
			if err != nil {
				t.Fatal(err)
			}
			for _, raw := range []string{raw, "=?x-unknown?B?" + base64.StdEncoding.EncodeToString([]byte(raw)) + "?="} {
				if m := Read([]byte("Subject: " + raw + "\n\nx")); m.Subject != want {
					t.Errorf("%v: %q, want %q", enc, m.Subject, want)
				}
			}
			if m := Read([]byte("Subject: x\n\n" + raw + "\n")); Text(m.Body) != want || len(m.Defects) != 1 {
				t.Errorf("%v: body %q (%q), want %q", enc, Text(m.Body), m.Defects, want)
			}
		}
	}
	check(charmap.Windows1251, "Привет, всё готово", "Отчёт за вторник: причал 5 закончен", "ПРИЛИВЫ ГОТОВЫ К ПЕЧАТИ", "Доброго дня, таблиця припливів готова", "Re: Кран на утро, спасибо")
	check(charmap.KOI8R, "Привет, всё готово", "Отчёт за вторник: причал 5 закончен", "Re: Кран на утро, спасибо")
	check(charmap.ISO8859_5, "Привет, всё готово к печати", "Отчёт за вторник: причал 5 закончен")
	check(charmap.CodePage866, "Отчёт за вторник: причал 5 закончен")
	check(charmap.Windows1253, "Καλημέρα, ο γερανός είναι έτοιμος", "Τελείωσα την εισαγωγή των πινάκων")
	check(charmap.Windows1255, "שלום, סיימתי את לוח הגאות", "העגורן מוכן למחר בבוקר")
	check(charmap.Windows1256, "مرحبا، انتهيت من جدول المد والجزر", "الرافعة جاهزة ليوم الغد")
	check(charmap.Windows874, "สวัสดีครับ ตารางน้ำขึ้นน้ำลงเสร็จแล้ว", "พรุ่งนี้จะทำหน้าเครนกับโคฟี")
	check(japanese.ShiftJIS, "おはようございます。潮見表の取り込みが終わりました。", "クレーンのページは明日コフィとします")
	check(japanese.EUCJP, "おはようございます。潮見表の取り込みが終わりました。", "クレーンのページは明日コフィとします")
	check(korean.EUCKR, "안녕하세요, 조석표 가져오기를 마쳤습니다.", "내일은 코피와 크레인 페이지를 하겠습니다")
	check(simplifiedchinese.GBK, "大家好，潮汐表的导入已经完成了。", "明天和科菲一起做起重机的页面，谢谢")
	check(traditionalchinese.Big5, "大家好，潮汐表的匯入已經完成了。", "明天和科菲一起做起重機的頁面，謝謝")
	check(charmap.Windows1250, "Příliv je hotový, jeřáb zítra začnu", "Skończyłam tabelę pływów, jutro żuraw i łącza", "Megvan az árapály táblázat, holnap a daru következik, köszönöm, őrült idő")
	check(charmap.ISO8859_2, "Skończyłam tabelę pływów, jutro żuraw, są też łącza w środę")
	check(charmap.Windows1254, "Gelgit tablosu bitti, yarın vinç sayfası, teşekkürler")
	check(charmap.Windows1252, "Atenção: é proibida a divulgação, 1¹ de março¹", "Très bientôt à l’œuvre³", "Die Gezeitentafel ist fertig, morgen der Kran, schöne Grüße", "L’été, la marée est basse à Noël", "Não há nada: a importação está concluída",
		"Mañana la grúa, ¿de acuerdo?", "Tidevandet er færdigt, i morgen kranen på kajen, også Øst", "Flóðataflan er tilbúin, á morgun kraninn, þakka þér fyrir",
		"Tõusude tabel on valmis, homme kraana, aitäh", "La marea è già finita, così il più è fatto", "10 m² of £5 at 20°", "ça", "Café", "naïve — “quoted” … €5")
}
