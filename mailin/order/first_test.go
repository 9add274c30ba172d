package order

import (
	"slices"
	"testing"
)

func TestTheFirstLineIsTakenApart(t *testing.T) {
	for text, want := range map[string][2]string{
		"pause\n\nSee you": {"pause", "See you"}, "Hi daybreak,\n\npause\n\nSee you\n\nMia": {"pause", "See you\n\nMia"}, "off friday\n\n- one\n- two": {"off friday", "- one\n- two"}, "Hi,\npause\n\nMia": {"pause", "Mia"},
		"pause\nthanks\n\nMia": {"pause", "thanks\n\nMia"},
		"pause":                {}, "pause\nSee you": {}, "pause\n- one\n\ntwo": {}, "": {}, "\n\npause\n\n": {}, "please\n\n": {},
	} {
		if first, rest := First(text); first != want[0] || rest != want[1] {
			t.Errorf("%q: %q, %q", text, first, rest)
		}
	}
}

func TestHowFarALineAboveOthersIsAnOrder(t *testing.T) {
	for line, want := range map[string]Trust{
		"pause": Clear, "unsubscribe": Clear, "forget me": Clear, "tz Lisbon": Clear, "prompt 16:30": Clear, "digest now": Clear, "take me off this list": Clear, "alias mia@home.example": Clear, "leave Platform": Clear,
		"stop": Doubted, "undo": Doubted, "Resume!": Doubted, "help": Doubted, "my data": Doubted, "remove Mia": Doubted,
		"name Mia Rossi": Asked, "jion garden": Asked,
		"Status": Heading, "list": Heading, "Weekly:": Heading, "daily digest": Heading, "leave": Heading, "start": Heading, "list web": Heading, "Settings": Heading,
		"Hilfe": None, "停止": None, "unsub": None,
	} {
		o, _ := Read(line)
		if o == nil {
			t.Errorf("%q is no order", line)
		} else if got := Above(line, *o); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

func TestARemarkIsNoUpdate(t *testing.T) {
	for _, words := range []string{"I have moved.", "See you next month, I am on parental leave until then.", "I do not work there any more.\nWhy do I get this?"} {
		if !Remark(words) {
			t.Errorf("%q is none", words)
		}
	}
	for _, words := range []string{"- shipped X", "Done: the importer", "wanted: reviewer for the importer", "1. one", "one\n\ntwo", "* a\n* b", "one\ntwo\nthree\nfour", "Next:\nmore"} {
		if Remark(words) {
			t.Errorf("%q is one", words)
		}
	}
}

func TestOrdersAreSaidInOtherWords(t *testing.T) {
	for kind, all := range map[Kind][]string{
		Pause: {"stop it", "stop please", "please stop", "Stop!", "unsubscribe me", "remove me", "Take me off.", "take me off this list, please", "opt out", "Please stop emailing me", "pause for now", "stopp", "Abmelden", "DÉSABONNER", "baja",
			"cancellami", "stoppen", "стоп", "Отписаться", "停止", "退订。", "수신거부", "uitschrijven"},
		Resume: {"unpause", "start again", "resume please"},
		Help:   {"help me", "Hilfe!", "aide", "Ayuda", "aiuto", "ajuda", "hjälp", "Помощь", "ヘルプ", "帮助", "도움말", "Yardım", "How does this work?"},
		Undo:   {"undo that"},
	} {
		for _, text := range all {
			if o, d := Read(text); d != nil || o == nil || o.Kind != kind {
				t.Errorf("%q: %v, %v; want %s", text, o, d, kind)
			}
		}
	}
	for text, want := range map[string]string{
		"cancel": "stop", "quit": "stop", "delete my account": "forget me", "remove me from the team": "leave", "mute": "stop", "cancel that": "undo",
		"pause until monday": "off until monday", "pause for two weeks": "off for two weeks", "pause this week": "off this week", "Pause 3–14 Aug": "off 3–14 aug", "pause until 17 Aug, please": "off until 17 aug",
		"stop for a week": "off for a week", "pause tomorrow": "off tomorrow", "pause mails until friday": "off until friday", "pause mon-wed": "off mon-wed",
	} {
		if _, d := Read(text); d == nil || d.Try[0] != want {
			t.Errorf("%q: %v, want %q", text, d, want)
		}
	}
}

func TestUpdatesThatSoundLikeOrdersAreUpdates(t *testing.T) {
	for _, text := range []string{
		"stop the leak in worker 3", "stop it from crashing", "stopped", "stop words are in the index", "stopping the old importer", "stop me if this is known", "pause button fixed", "pause between retries", "pause until the release is out",
		"pause 3 of the workers", "pause may break the export", "opt out page shipped", "opt-out page shipped", "cancel button works", "cancelled the call", "cancel orders: API done", "remove me too check", "remove me from the reviewers of #4", "help page is done",
		"help me with the importer", "hilfeseite fertig", "die Hilfe ist fertig", "aide-mémoire écrit", "baja latencia", "停止ボタンを直した", "stoppen der alten Worker", "mute button fixed", "quit smoking page", "unsubscribe link fixed",
		"unsubscribe page is up", "take me off the rota for Friday", "resume upload works", "Name parsing fixed", "Name Parsing", "Name Server Migration", "leave policy reviewed", "stop for a review of the parser", "snooze feature merged",
		"name Field Validation", "delete my data endpoint is done", "off friday the build broke", "status page is up", "undo stack rewritten", "exit codes are right", "list view done", "digest now sends at once", "weekly sync with Sam",
	} {
		o, d := Read(text)
		if d != nil || o != nil && !o.Unsure {
			t.Errorf("%q: %v, %v", text, o, d)
		}
	}
}

func FuzzFirst(f *testing.F) {
	f.Add("Hi,\n\npause\n\nSee you")
	f.Fuzz(func(t *testing.T, text string) {
		first, rest := First(text)
		if (first == "") != (rest == "") {
			t.Errorf("%q: %q, %q", text, first, rest)
		}
		Remark(rest)
	})
}

func TestNoWordMeansTwoThings(t *testing.T) {
	seen := map[string]Kind{}
	for _, kind := range []Kind{Pause, Resume, Help, Settings, Undo} {
		for _, words := range sayings[kind] {
			if other, twice := seen[words]; twice {
				t.Errorf("%q is %s and %s", words, other, kind)
			}
			if line(words) != words {
				t.Errorf("%q is never seen: it is %q", words, line(words))
			}
			seen[words] = kind
			if _, twice := unclear[words]; twice {
				t.Errorf("%q is clear and not", words)
			}
		}
	}
	for words, try := range unclear {
		if slices.ContainsFunc(try, func(s string) bool { o, _ := Read(s); return o == nil && s != "back" && s != "off today" }) {
			t.Errorf("%q: %q are no orders", words, try)
		}
	}
}
