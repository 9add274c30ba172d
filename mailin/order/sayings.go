package order

import (
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
)

// sayings are what people say for an order of one word. What is said in another language than English is an order where it is all of a mail.
var sayings = map[Kind][]string{
	Pause: {
		"stop it", "stop this", "stop now", "stop mails", "stop mail", "stop emails", "stop all", "stop all mails", "stop all emails", "stop the mails", "stop the emails", "stop these mails", "stop these emails",
		"stop mailing me", "stop emailing me", "stop writing me", "stop writing to me", "stop asking me", "stop sending me mail", "stop sending me mails", "stop sending me emails",
		"stop sending mails", "stop sending emails", "no more mail", "no more mails", "no more emails", "no mails", "no emails",
		"unsubscribe me", "unsubscribe me from this", "unsubscribe from this list", "unsubscribe me from this list", "unsubscribe from all", "unsub",
		"remove me", "remove me from this list", "remove me from the list", "remove me from your list", "remove me from the mailing list", "remove me from this mailing list",
		"take me off", "take me off this list", "take me off the list", "take me off your list", "take me off this mailing list", "take me off the mailing list",
		"opt out", "opt-out", "optout", "opt me out", "i want to unsubscribe", "i want to stop", "i would like to unsubscribe", "i'd like to unsubscribe",
		"pause it", "pause me", "pause all", "pause mail", "pause mails", "pause emails", "pause everything", "pause for now",

		"stopp", "stoppen", "pausieren", "abmelden", "abbestellen", "bitte abmelden", "mich abmelden", "keine mails mehr", "austragen",
		"désabonner", "desabonner", "me désabonner", "se désabonner", "désabonnez-moi", "désabonnement", "désinscription", "désinscrire", "me désinscrire", "arrêter", "arrêtez",
		"baja", "darme de baja", "darse de baja", "dar de baja", "parar", "pausa", "desuscribir", "desuscribirme", "cancelar suscripción",
		"cancellami", "cancellatemi", "disiscrivimi", "disiscrizione", "annulla iscrizione", "fermare",
		"cancelar inscrição", "cancelar subscrição", "descadastrar", "remover-me", "uitschrijven", "afmelden", "pauze", "schrijf me uit",
		"avregistrera", "avregistrera mig", "avprenumerera", "avsluta prenumeration", "avmeld", "meld meg av", "afmeld", "afmeld mig", "frameld", "peruuta tilaus", "lopeta", "tauko",
		"odhlásit", "odhlásiť", "wypisz", "wypisz mnie", "wstrzymaj", "leiratkozás", "leiratkozom", "leiratkozni", "dezabonare", "dezabonează-mă", "pauză",
		"стоп", "пауза", "отписаться", "отпишите меня", "отписка", "відписатися", "відпишіть мене", "отпиши ме", "στοπ", "παύση", "διαγραφή",
		"durdur", "abonelikten çık", "aboneliği iptal et", "duraklat", "停止", "配信停止", "一時停止", "退会", "退订", "退訂", "取消订阅", "取消訂閱", "暂停", "暫停",
		"중지", "정지", "수신거부", "수신 거부", "구독취소", "구독 취소", "일시중지", "dừng", "dừng lại", "hủy đăng ký", "tạm dừng", "إيقاف", "توقف", "إلغاء الاشتراك", "הסר", "הסרה", "הסירו אותי", "עצור",
	},
	Resume: {
		"unpause", "un-pause", "unpause me", "resume it", "resume mail", "resume mails", "resume emails", "start again", "start mails", "start mails again", "subscribe me", "subscribe again", "opt in", "opt-in",
		"fortsetzen", "reprendre", "reanudar", "riprendi", "riprendere", "retomar", "hervatten", "återuppta", "gjenoppta", "genoptag", "jatka", "wznów", "obnovit", "obnoviť",
		"возобновить", "продолжить", "відновити", "συνέχεια", "devam", "devam et", "再開", "恢复", "恢復", "재개",
	},
	Help: {
		"help me", "help with this", "what can i do", "what can i write", "how does this work", "how does it work", "how do i use this", "how do i use it", "commands", "list commands", "show commands",
		"hilfe", "anleitung", "aide", "aidez-moi", "ayuda", "aiuto", "ajuda", "hulp", "hjälp", "hjælp", "hjelp", "apua", "ohje", "pomoc", "pomoct", "nápověda", "segítség", "súgó", "ajutor",
		"помощь", "справка", "допомога", "довідка", "помощ", "βοήθεια", "yardım", "ヘルプ", "使い方", "帮助", "幫助", "도움말", "도움", "trợ giúp", "مساعدة", "עזרה",
	},
	Settings: {"my settings", "show settings", "show my settings", "my status", "show my status"},
	Undo:     {"undo that", "undo it", "undo this", "take it back", "undo last", "undo last change", "undo the last change", "undo my last change", "take that back"},
}

// unclear are words that may mean one of several orders.
var unclear = map[string][]string{
	"cancel": {"stop", "undo", "back"}, "cancel it": {"undo", "stop"}, "cancel that": {"undo", "stop"}, "cancel this": {"undo", "stop"}, "cancel subscription": {"stop", "forget me"},
	"cancel my subscription": {"stop", "forget me"}, "quit": {"stop", "leave", "forget me"}, "exit": {"stop", "leave"}, "mute": {"stop"}, "mute me": {"stop"}, "delete me": {"forget me", "stop"},
	"delete my account": {"forget me", "stop"}, "delete my data": {"forget me", "my data"}, "erase me": {"forget me", "stop"}, "erase my data": {"forget me", "my data"}, "forget everything about me": {"forget me"}, "all my data": {"my data"}, "forget my data": {"forget me", "my data"}, "remove my data": {"forget me", "my data"},
	"remove me from the team": {"leave", "stop"}, "remove me from this team": {"leave", "stop"}, "take me out": {"stop", "leave"}, "take me off the team": {"leave", "stop"}, "take me off this team": {"leave", "stop"},
	"go away": {"stop", "leave"}, "leave me alone": {"stop", "leave"}, "snooze": {"stop", "off today"}, "snooze me": {"stop", "off today"},
}

// readSaying reads what is said for an order of one word.
func readSaying(line string) (*Order, *team.Doubt) {
	for _, kind := range []Kind{Pause, Resume, Help, Settings, Undo} {
		if slices.Contains(sayings[kind], strings.TrimRight(line, " ?？")) {
			return &Order{Kind: kind, Said: true}, nil
		}
	}
	if try, ok := unclear[line]; ok {
		return nil, &team.Doubt{Why: fmt.Sprintf("%q may mean several things", line), Try: try}
	}
	if days := pausedDays(line); days != "" {
		return nil, &team.Doubt{Why: "a pause has no end; days off have one", Try: []string{"off " + days, "pause"}}
	}
	return nil, nil
}

// counts are how many weeks or days it may be in words.
var counts = []string{"a", "an", "one", "two", "three", "four", "five", "six", "couple", "few", "of", "the", "rest", "coming", "now"}

// stretches are what is counted.
var stretches = []string{"day", "days", "week", "weeks", "month", "months", "fortnight", "weekend", "morning", "afternoon", "year"}

// pausedDays gives the days behind "pause" or "stop", as they would stand behind "off"; "" if there are none, or other words, too.
func pausedDays(line string) string {
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 8 || !slices.Contains([]string{"pause", "stop", "mute", "snooze"}, words[0]) {
		return ""
	}
	words = words[1:]
	if slices.Contains([]string{"me", "it", "mails", "emails", "mail", "everything", "all"}, words[0]) {
		words = words[1:]
	}
	dated := false
	for _, w := range words {
		w = strings.ReplaceAll(strings.TrimRight(w, ","), "–", "-")
		name, month := dayName(w)
		switch {
		case slices.Contains(stretches, w), name == w && (!month || len(words) > 1), isSpan(w), dayNumber.MatchString(w), w == "christmas", w == "easter", w == "further", w == "notice":
			dated = true
		case slices.Contains(about, w), slices.Contains(counts, w), w == "for":
		default:
			return ""
		}
	}
	if !dated {
		return ""
	}
	return strings.Join(words, " ")
}
