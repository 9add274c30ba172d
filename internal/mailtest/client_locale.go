package mailtest

import (
	"fmt"
	"strings"
	"time"
)

// nnbsp stands between the time and AM or PM in Gmail's and Apple's English (U+202F), nbsp before French colons.
const (
	nnbsp = "\u202f"
	nbsp  = "\u00a0"
)

// locale is what a language needs for dates.
type locale struct {
	days, shortDays     string // Sunday first, parted by spaces
	months, shortMonths string
}

func localeOf(name string) locale {
	if l, ok := tongues[name]; ok {
		return l.locale()
	}
	switch name {
	case "de":
		return locale{"Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag", "So. Mo. Di. Mi. Do. Fr. Sa.",
			"Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
			"Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."}
	case "fr":
		return locale{"dimanche lundi mardi mercredi jeudi vendredi samedi", "dim. lun. mar. mer. jeu. ven. sam.",
			"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
			"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."}
	case "es":
		return locale{"domingo lunes martes miércoles jueves viernes sábado", "dom lun mar mié jue vie sáb",
			"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
			"ene feb mar abr may jun jul ago sept oct nov dic"}
	case "it":
		return locale{"domenica lunedì martedì mercoledì giovedì venerdì sabato", "dom lun mar mer gio ven sab",
			"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
			"gen feb mar apr mag giu lug ago set ott nov dic"}
	case "nl":
		return locale{"zondag maandag dinsdag woensdag donderdag vrijdag zaterdag", "zo ma di wo do vr za",
			"januari februari maart april mei juni juli augustus september oktober november december",
			"jan feb mrt apr mei jun jul aug sep okt nov dec"}
	case "pt":
		return locale{"domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
			"dom. seg. ter. qua. qui. sex. sáb.",
			"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
			"jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."}
	case "ja":
		return locale{"日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日", "日 月 火 水 木 金 土",
			"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"}
	}
	return locale{"Sunday Monday Tuesday Wednesday Thursday Friday Saturday", "Sun Mon Tue Wed Thu Fri Sat",
		"January February March April May June July August September October November December",
		"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"}
}

func (l locale) day(t time.Time) string      { return strings.Fields(l.days)[t.Weekday()] }
func (l locale) shortDay(t time.Time) string { return strings.Fields(l.shortDays)[t.Weekday()] }
func (l locale) month(t time.Time) string    { return strings.Fields(l.months)[t.Month()-1] }
func (l locale) shortMonth(t time.Time) string {
	return strings.Fields(l.shortMonths)[t.Month()-1]
}

// gmailAttribution is the line above Gmail's quotes, without <>: opening and closing stand around the address.
func gmailAttribution(name string, t time.Time, p person, opening, closing string) string {
	l := localeOf(name)
	who := opening + p.address + closing
	if p.name != "" {
		who = p.name + " " + who
	}
	clock, day := t.Format("15:04"), t.Day()
	if l, ok := tongues[name]; ok {
		return l.fill(l.gmail, t, who)
	}
	switch name {
	case "en-GB":
		return fmt.Sprintf("On %s, %d %s %d at %s, %s wrote:", l.shortDay(t), day, l.shortMonth(t), t.Year(), clock, who)
	case "de":
		return fmt.Sprintf("Am %s, %d. %s %d um %s%sUhr schrieb %s:", l.shortDay(t), day, l.month(t), t.Year(), clock, nbsp, who)
	case "fr":
		return fmt.Sprintf("Le %s %d %s %d à %s, %s a écrit%s:", l.shortDay(t), day, l.month(t), t.Year(), clock, who, nbsp)
	case "es":
		return fmt.Sprintf("El %s, %d %s %d a las %s, %s escribió:", l.shortDay(t), day, l.shortMonth(t), t.Year(), clock, who)
	case "it":
		return fmt.Sprintf("Il giorno %s %d %s %d alle ore %s %s ha scritto:", l.shortDay(t), day, l.shortMonth(t), t.Year(), clock, who)
	case "nl":
		return fmt.Sprintf("Op %s %d %s %d om %s schreef %s:", l.shortDay(t), day, l.shortMonth(t), t.Year(), clock, who)
	case "pt":
		return fmt.Sprintf("Em %s, %d de %s de %d às %s, %s escreveu:", l.shortDay(t), day, l.shortMonth(t), t.Year(), clock, who)
	case "ja":
		return fmt.Sprintf("%d年%d月%d日(%s) %s %s:", t.Year(), t.Month(), day, l.shortDay(t), t.Format("15:04"), who)
	}
	return fmt.Sprintf("On %s, %s %d, %d at %s%s%s %s wrote:", l.shortDay(t), l.shortMonth(t), day, t.Year(),
		t.Format("3:04"), nnbsp, t.Format("PM"), who)
}

// appleAttribution is the line above the quotes of Apple's Mail.
func appleAttribution(name string, t time.Time, who string) string {
	l := localeOf(name)
	clock, day := t.Format("15:04"), t.Day()
	if l, ok := tongues[name]; ok {
		return l.fill(l.apple, t, who)
	}
	switch name {
	case "en-GB":
		return fmt.Sprintf("On %d %s %d, at %s, %s wrote:", day, l.shortMonth(t), t.Year(), clock, who)
	case "de":
		return fmt.Sprintf("Am %s um %s schrieb %s:", t.Format("02.01.2006"), clock, who)
	case "fr":
		return fmt.Sprintf("Le %d %s %d à %s, %s a écrit%s:", day, l.shortMonth(t), t.Year(), clock, who, nbsp)
	case "es":
		return fmt.Sprintf("El %d %s %d, a las %s, %s escribió:", day, l.shortMonth(t), t.Year(), clock, who)
	case "it":
		return fmt.Sprintf("Il giorno %d %s %d, alle ore %s, %s ha scritto:", day, l.shortMonth(t), t.Year(), clock, who)
	case "nl":
		return fmt.Sprintf("Op %d %s %d om %s heeft %s het volgende geschreven:", day, l.shortMonth(t), t.Year(), clock, who)
	case "pt":
		return fmt.Sprintf("Em %d de %s de %d, à(s) %s, %s escreveu:", day, l.shortMonth(t), t.Year(), clock, who)
	case "ja":
		return fmt.Sprintf("%s、%sのメール:", t.Format("2006/01/02 15:04"), who)
	}
	return fmt.Sprintf("On %s %d, %d, at %s%s%s, %s wrote:", l.shortMonth(t), day, t.Year(), t.Format("3:04"), nnbsp,
		t.Format("PM"), who)
}

// appleSent is the line that phones put under what was typed.
func appleSent(name string) string {
	if l, ok := tongues[name]; ok {
		return l.sent
	}
	switch name {
	case "de":
		return "Von meinem iPhone gesendet"
	case "fr":
		return "Envoyé de mon iPhone"
	case "es":
		return "Enviado desde mi iPhone"
	case "it":
		return "Inviato da iPhone"
	case "nl":
		return "Verstuurd vanaf mijn iPhone"
	case "pt":
		return "Enviado do meu iPhone"
	case "ja":
		return "iPhoneから送信"
	}
	return "Sent from my iPhone"
}

// thunderbirdAttribution is the line above Thunderbird's quotes. It names the writer without the address.
func thunderbirdAttribution(name string, t time.Time, who string) string {
	if l, ok := tongues[name]; ok {
		return l.fill(l.bird, t, who)
	}
	switch name {
	case "de":
		return fmt.Sprintf("Am %s schrieb %s:", t.Format("02.01.06 um 15:04"), who)
	case "fr":
		return fmt.Sprintf("Le %s, %s a écrit%s:", t.Format("02/01/2006 à 15:04"), who, nbsp)
	case "es":
		return fmt.Sprintf("El %s, %s escribió:", t.Format("2/1/06 a las 15:04"), who)
	case "it":
		return fmt.Sprintf("Il %s, %s ha scritto:", t.Format("02/01/2006 15:04"), who)
	case "nl":
		return fmt.Sprintf("Op %s schreef %s:", t.Format("02-01-2006 om 15:04"), who)
	case "pt":
		return fmt.Sprintf("Em %s, %s escreveu:", t.Format("02/01/2006 15:04"), who)
	case "ja":
		return fmt.Sprintf("On %s, %s wrote:", t.Format("2006/01/02 15:04"), who)
	case "en-GB":
		return fmt.Sprintf("On %s, %s wrote:", t.Format("02/01/2006 15:04"), who)
	}
	return fmt.Sprintf("On %s, %s wrote:", t.Format("1/2/06 3:04 PM"), who)
}

// outlookLabels are the words of Outlook's block: From, Sent, To, Subject, each with its colon.
func outlookLabels(name string) [4]string {
	if l, ok := tongues[name]; ok {
		return l.labels
	}
	switch name {
	case "de":
		return [4]string{"Von:", "Gesendet:", "An:", "Betreff:"}
	case "fr":
		return [4]string{"De" + nbsp + ":", "Envoyé" + nbsp + ":", "À" + nbsp + ":", "Objet" + nbsp + ":"}
	case "es":
		return [4]string{"De:", "Enviado el:", "Para:", "Asunto:"}
	case "it":
		return [4]string{"Da:", "Inviato:", "A:", "Oggetto:"}
	case "nl":
		return [4]string{"Van:", "Verzonden:", "Aan:", "Onderwerp:"}
	case "pt":
		return [4]string{"De:", "Enviada em:", "Para:", "Assunto:"}
	case "ja":
		return [4]string{"差出人:", "送信日時:", "宛先:", "件名:"}
	}
	return [4]string{"From:", "Sent:", "To:", "Subject:"}
}

// outlookDate is the date in Outlook's block.
func outlookDate(name string, t time.Time) string {
	l := localeOf(name)
	clock := t.Format("15:04")
	if l, ok := tongues[name]; ok {
		return l.fill(l.date, t, "")
	}
	switch name {
	case "de":
		return fmt.Sprintf("%s, %d. %s %d %s", l.day(t), t.Day(), l.month(t), t.Year(), clock)
	case "fr", "it", "nl":
		return fmt.Sprintf("%s %d %s %d %s", l.day(t), t.Day(), l.month(t), t.Year(), clock)
	case "es", "pt":
		return fmt.Sprintf("%s, %d de %s de %d %s", l.day(t), t.Day(), l.month(t), t.Year(), clock)
	case "ja":
		return fmt.Sprintf("%d年%d月%d日 %s %s", t.Year(), t.Month(), t.Day(), l.day(t), clock)
	case "en-GB":
		return fmt.Sprintf("%d %s %d %s", t.Day(), l.month(t), t.Year(), clock)
	}
	return fmt.Sprintf("%s, %s %d, %d %s", l.day(t), l.month(t), t.Day(), t.Year(), t.Format("3:04 PM"))
}

// outlookPrefix is what Outlook puts before the subject of a reply.
func outlookPrefix(name string) string {
	if l, ok := tongues[name]; ok {
		return l.re
	}
	if name == "de" {
		return "AW: "
	}
	return "RE: "
}
