package order

import "testing"

func TestOrdersAreSaidWithMoreWords(t *testing.T) {
	for text, want := range map[string]string{
		"set my timezone to Lisbon": "set zone Europe/Lisbon", "Please change my tz to Lisbon": "set zone Europe/Lisbon", "my timezone is Lisbon": "set zone Europe/Lisbon",
		"prompt me at 16:30": "set prompt 16:30", "Can you ask me at 4pm": "set prompt 16:00", "change my prompt to 16:30": "set prompt 16:30", "I'd like to move my prompt to 9:15": "set prompt 09:15",
		"send my digest at 8:30": "set digest 08:30", "switch me to weekly": "set digests weekly", "weekly only, please": "set digests weekly", "change my digest to daily": "set digests daily",
		"Send me the digest now": "digest", "can you send me a digest?": "digest", "send digest now": "digest", "send me the digest since monday": "since monday", "send me the full digest": "full",
		"send me my data": "data", "Export my data, please": "data", "please pause my mails": "pause", "stop my emails": "pause", "unmute": "resume", "start sending again": "resume",
		"what are my settings?": "settings", "What's my status?": "settings", "commands": "help", "take that back": "undo",
		"add alias me@other.org": "alias me@other.org", "Please add me@other.org as an alias": "alias me@other.org", "my other address is me@other.org": "alias me@other.org",
		"my name is Aiko T": "name Aiko T", "change my name to Aiko Mori": "name Aiko Mori", "Rename me to Aiko Mori": "name Aiko Mori",
		"I want to join garden": "join garden", "can I join the garden team?": "join garden", "add me to garden": "join garden", "I want to leave platform": "leave platform", "remove me from platform": "leave platform",

		"set prompt to 16:30": "? prompt 16:30", "change the timezone to Lisbon": "? timezone Lisbon", "digest to 8:30": "? digest 8:30", "prompt time 16:30": "? prompt 16:30", "switch to weekly": "? weekly",
		"forget everything about me": "? forget me", "digest sinse monday": "? digest since monday",
		"halp": "? help", "?": "? help", "tx Lisbon": "? tz Lisbon", "prompt half past four": "? prompt 16:30", "alias me at other.org": "? alias me@other.org",
	} {
		if got := told(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWorkThatIsToldInSuchWordsIsNoOrder(t *testing.T) {
	for _, text := range []string{
		"set prompt colours to blue", "change the digest layout", "set the timezone handling to be lazy", "moved the digest to 8:30", "my name is wrong in the export", "changed my name parsing", "stop my server from crashing",
		"send me the digest of the file", "export my data model", "pause my branch", "switch to weekly releases", "switch to postgres", "prompt to users fixed", "digest to s3",
		"ask me at any time", "remind me at the standup", "my timezone is broken", "set my prompt to bold", "send it weekly", "tx queue drained", "call me later", "alias fixed at last", "make it daily", "once a week", "I want to ship it",
	} {
		if got := told(text); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}
