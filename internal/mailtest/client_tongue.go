package mailtest

import (
	"fmt"
	"strings"
	"time"
)

// tongue is what a language needs for the lines that clients write, as patterns. {wd} and {wday} are the weekday short and long, {d} and
// {dd} the day, {m} and {mm} the month's number, {mon} and {month} its name, {y} and {yy} the year, {t} and {ts} the time of 24 hours
// without and with seconds, {t12} that of 12 hours, {who} the writer.
type tongue struct {
	days, shortDays     string // Sunday first, parted by spaces
	months, shortMonths string
	gmail, apple, bird  string    // the lines above the quotes of Gmail, Apple's Mail and Thunderbird
	date                string    // in header blocks
	labels              [4]string // of header blocks: From, Sent, To, Subject
	original            string    // "Original message", between dashes
	sent                string    // "Sent from my iPhone"
	re                  string    // before the subject of an answer
	wrote               string    // "wrote", as one word
}

// tongues are the languages that have no code of their own.
var tongues = map[string]tongue{
	"sv": {"söndag måndag tisdag onsdag torsdag fredag lördag", "sön mån tis ons tors fre lör",
		"januari februari mars april maj juni juli augusti september oktober november december", "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
		"Den {wd} {d} {mon} {y} kl {t} skrev {who}:", "{d} {mon} {y} kl. {t} skrev {who}:", "Den {y}-{mm}-{dd} kl. {t}, skrev {who}:",
		"den {d} {month} {y} {t}", [4]string{"Från:", "Skickat:", "Till:", "Ämne:"}, "Originalmeddelande", "Skickat från min iPhone", "SV: ", "skrev"},
	"da": {"søndag mandag tirsdag onsdag torsdag fredag lørdag", "søn. man. tirs. ons. tors. fre. lør.",
		"januar februar marts april maj juni juli august september oktober november december", "jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec.",
		"Den {wd} {d}. {mon} {y} kl. {t} skrev {who}:", "Den {d}. {mon} {y} kl. {t} skrev {who}:", "Den {dd}.{mm}.{y} kl. {t} skrev {who}:",
		"{d}. {month} {y} {t}", [4]string{"Fra:", "Sendt:", "Til:", "Emne:"}, "Oprindelig meddelelse", "Sendt fra min iPhone", "SV: ", "skrev"},
	"nb": {"søndag mandag tirsdag onsdag torsdag fredag lørdag", "søn. man. tir. ons. tor. fre. lør.",
		"januar februar mars april mai juni juli august september oktober november desember", "jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des.",
		"{wd} {d}. {mon} {y} kl. {t} skrev {who}:", "{d}. {mon} {y} kl. {t} skrev {who}:", "Den {dd}.{mm}.{y} {t}, skrev {who}:",
		"{wday} {d}. {month} {y} {t}", [4]string{"Fra:", "Sendt:", "Til:", "Emne:"}, "Opprinnelig melding", "Sendt fra min iPhone", "SV: ", "skrev"},
	"fi": {"sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai", "su ma ti ke to pe la",
		"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
		"tammik. helmik. maalisk. huhtik. toukok. kesäk. heinäk. elok. syysk. lokak. marrask. jouluk.",
		"{wd} {d}. {mon} {y} klo {t} {who} kirjoitti:", "{who} kirjoitti {d}.{m}.{y} kello {t}:", "{who} kirjoitti {d}.{m}.{y} klo {t}:",
		"{wday} {d}. {month} {y} {t}", [4]string{"Lähettäjä:", "Lähetetty:", "Vastaanottaja:", "Aihe:"}, "Alkuperäinen viesti", "Lähetetty iPhonesta", "VS: ", "kirjoitti"},
	"pl": {"niedziela poniedziałek wtorek środa czwartek piątek sobota", "niedz. pon. wt. śr. czw. pt. sob.",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia", "sty lut mar kwi maj cze lip sie wrz paź lis gru",
		"{wd}, {d} {mon} {y} o {t} {who} napisał(a):", "Wiadomość napisana przez {who} w dniu {d} {mon} {y}, o godz. {t}:", "W dniu {dd}.{mm}.{y} o {t}, {who} pisze:",
		"{wday}, {d} {month} {y} {t}", [4]string{"Od:", "Wysłano:", "Do:", "Temat:"}, "Oryginalna wiadomość", "Wysłane z iPhone'a", "ODP: ", "napisał"},
	"cs": {"neděle pondělí úterý středa čtvrtek pátek sobota", "ne po út st čt pá so",
		"ledna února března dubna května června července srpna září října listopadu prosince", "1. 2. 3. 4. 5. 6. 7. 8. 9. 10. 11. 12.",
		"{wd} {d}. {m}. {y} v {t} odesílatel {who} napsal:", "{d}. {m}. {y} v {t}, {who}:", "Dne {dd}. {mm}. {yy} v {t} {who} napsal(a):",
		"{wday} {d}. {month} {y} {t}", [4]string{"Od:", "Odesláno:", "Komu:", "Předmět:"}, "Původní zpráva", "Odesláno z iPhonu", "Re: ", "napsal"},
	"hu": {"vasárnap hétfő kedd szerda csütörtök péntek szombat", "V H K Sze Cs P Szo",
		"január február március április május június július augusztus szeptember október november december", "jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec.",
		"{who} ezt írta (időpont: {y}. {mon} {d}., {wd}, {t}):", "{y}. {mon} {d}. dátummal, {t} időpontban {who} írta:", "{y}. {mm}. {dd}. {t} keltezéssel, {who} írta:",
		"{y}. {month} {d}., {wday} {t}", [4]string{"Feladó:", "Elküldve:", "Címzett:", "Tárgy:"}, "Eredeti üzenet", "Az iPhone-omról küldve", "Re: ", "írta"},
	"ro": {"duminică luni marți miercuri joi vineri sâmbătă", "dum. lun. mar. mie. joi vin. sâm.",
		"ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie", "ian. feb. mar. apr. mai iun. iul. aug. sept. oct. nov. dec.",
		"În {wd}, {d} {mon} {y} la {t}, {who} a scris:", "Pe {d} {mon} {y}, la {t}, {who} a scris:", "În data de {dd}.{mm}.{y} {t}, {who} a scris:",
		"{wday}, {d} {month} {y} {t}", [4]string{"De la:", "Trimis:", "Către:", "Subiect:"}, "Mesaj original", "Trimis de pe iPhone-ul meu", "RE: ", "scris"},
	"ru": {"воскресенье понедельник вторник среда четверг пятница суббота", "вс пн вт ср чт пт сб",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря", "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
		"{wd}, {d} {mon} {y} г. в {t}, {who}:", "{d} {mon} {y} г., в {t}, {who} написал(а):", "{dd}.{mm}.{y} {t}, {who} пишет:",
		"{wday}, {d} {month} {y} г. {t}", [4]string{"От:", "Отправлено:", "Кому:", "Тема:"}, "Исходное сообщение", "Отправлено с iPhone", "Re: ", "написал"},
	"uk": {"неділя понеділок вівторок середа четвер пʼятниця субота", "нд пн вт ср чт пт сб",
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня", "січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.",
		"{wd}, {d} {mon} {y} р. о {t} {who} пише:", "{d} {mon} {y} р. о {t} {who} пише:", "{dd}.{mm}.{yy} {t}, {who} пише:",
		"{wday}, {d} {month} {y} р. {t}", [4]string{"Від:", "Надіслано:", "Кому:", "Тема:"}, "Вихідне повідомлення", "Надіслано з iPhone", "Re: ", "пише"},
	"tr": {"Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi", "Paz Pzt Sal Çar Per Cum Cmt",
		"Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık", "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
		"{who}, {d} {mon} {y} {wd}, {t} tarihinde şunu yazdı:", "{who} şunları yazdı ({d} {mon} {y} {t}):", "{dd}.{mm}.{y} {t} tarihinde {who} yazdı:",
		"{d} {month} {y} {wday} {t}", [4]string{"Gönderen:", "Gönderildi:", "Kime:", "Konu:"}, "Orijinal Mesaj", "iPhone'umdan gönderildi", "YNT: ", "yazdı"},
	"el": {"Κυριακή Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο", "Κυρ Δευ Τρί Τετ Πέμ Παρ Σάβ",
		"Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
		"Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
		"Στις {wd} {d} {mon} {y} στις {t}, ο χρήστης {who} έγραψε:", "Στις {d} {mon} {y}, στις {t}, ο χρήστης {who} έγραψε:", "Στις {d}/{m}/{y} {t}, ο/η {who} έγραψε:",
		"{wday}, {d} {month} {y} {t}", [4]string{"Από:", "Στάλθηκε:", "Προς:", "Θέμα:"}, "Αρχικό μήνυμα", "Στάλθηκε από το iPhone μου", "ΑΠ: ", "έγραψε"},
	"zh": {"星期日 星期一 星期二 星期三 星期四 星期五 星期六", "周日 周一 周二 周三 周四 周五 周六",
		"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
		"{who} 于{y}年{m}月{d}日{wd} {t}写道：", "{who} 于{y}年{m}月{d}日 {t}写道：", "在 {y}/{m}/{d} {t}, {who} 写道:",
		"{y}年{m}月{d}日 {t}", [4]string{"发件人:", "发送时间:", "收件人:", "主题:"}, "原始邮件", "发自我的 iPhone", "回复: ", "写道"},
	"zh-TW": {"星期日 星期一 星期二 星期三 星期四 星期五 星期六", "週日 週一 週二 週三 週四 週五 週六",
		"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
		"{who} 於 {y}年{m}月{d}日 {wd} {t} 寫道：", "{who} 於 {y}年{m}月{d}日 {t} 寫道：", "{who} 於 {y}/{m}/{d} {t} 寫道:",
		"{y}年{m}月{d}日 {t}", [4]string{"寄件者:", "傳送:", "收件者:", "主旨:"}, "原始郵件", "從我的 iPhone 傳送", "回覆: ", "寫道"},
	"ko": {"일요일 월요일 화요일 수요일 목요일 금요일 토요일", "(일) (월) (화) (수) (목) (금) (토)",
		"1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월", "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
		"{y}년 {m}월 {d}일 {wd} 오후 {t}, {who}님이 작성:", "{y}. {m}. {d}. 오후 {t}, {who} 작성:", "{y}. {m}. {d}. {t}에 {who} 이(가) 쓴 글:",
		"{y}년 {m}월 {d}일 {wday} {t}", [4]string{"보낸 사람:", "보낸 날짜:", "받는 사람:", "제목:"}, "원본 메시지", "나의 iPhone에서 보냄", "RE: ", "작성"},
	"ar": {"الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت", "الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت",
		"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
		"في {wday}، {d} {month} {y} في {t} تمت كتابة ما يلي بواسطة {who}:", "في {d} {month} {y}، الساعة {t}، كتب {who}:", "في {d}\u200f/{m}\u200f/{y} {t}، كتب {who}:",
		"{wday}, {d} {month} {y} {t}", [4]string{"من:", "تاريخ الإرسال:", "إلى:", "الموضوع:"}, "الرسالة الأصلية", "أُرسلت من الـ iPhone", "رد: ", "كتب"},
	"he": {"ראשון שני שלישי רביעי חמישי שישי שבת", "א׳ ב׳ ג׳ ד׳ ה׳ ו׳ ש׳",
		"ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר", "ינו׳ פבר׳ מרץ אפר׳ מאי יוני יולי אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳",
		"\u202bבתאריך יום {wd}, {d} ב{mon} {y} ב-{t} מאת \u202a{who}\u202c\u200f:\u202c", "ב-{d} ב{mon} {y}, בשעה {t}, \u200f{who} כתב/ה:", "בתאריך {d}.{m}.{y} {t}, {who} כתב/ה:",
		"יום {wday} {d} {month} {y} {t}", [4]string{"מאת:", "נשלח:", "אל:", "נושא:"}, "הודעה מקורית", "נשלח מה-iPhone שלי", "השב: ", "כתב"},
}

// Locales are the languages that clients can be set to.
func Locales() []string {
	return []string{"en", "en-GB", "de", "es", "fr", "it", "ja", "nl", "pt", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "ru", "uk", "tr", "el", "zh", "zh-TW", "ko", "ar", "he"}
}

func (l tongue) locale() locale { return locale{l.days, l.shortDays, l.months, l.shortMonths} }

// fill puts a date and a writer into a pattern.
func (l tongue) fill(pattern string, t time.Time, who string) string {
	n := l.locale()
	return strings.NewReplacer("{wd}", n.shortDay(t), "{wday}", n.day(t), "{d}", fmt.Sprint(t.Day()), "{dd}", t.Format("02"), "{m}", fmt.Sprint(int(t.Month())),
		"{mm}", t.Format("01"), "{mon}", n.shortMonth(t), "{month}", n.month(t), "{y}", t.Format("2006"), "{yy}", t.Format("06"), "{t}", t.Format("15:04"),
		"{ts}", t.Format("15:04:05"), "{t12}", t.Format("3:04 PM"), "{who}", who).Replace(pattern)
}
