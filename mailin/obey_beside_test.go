package mailin_test

import (
	"strings"
	"testing"

	"daybreak/internal/team"
	"daybreak/mailin"
)

func TestAnOrderMayStandAboveOtherWords(t *testing.T) {
	const kept, told, asked = "kept", "told", "asked" // what is said beside it; asked: all of it is an update
	of := func(subject, body string) mail { return mail{to: platform, subject: subject, body: body} }
	for _, c := range []struct {
		says string
		mail mail
		does string // "" for no order
		rest string
		said string // a part of the update
	}{
		{"a remark to a prompt", mail{body: "tz Lisbon\n\nI moved"}, "set zone", kept, "I moved"},
		{"a remark in a mail of its own", of("hi", "tz Lisbon\n\nI moved"), "set zone", told, ""},
		{"a farewell", mail{body: "pause\n\nSee you next month"}, "pause", "", ""},
		{"a name", mail{body: "Hi,\n\npause\n\nBest,\nAiko"}, "pause", "", ""},
		{"an update", mail{body: "prompt 16:30\n\n- Moved the jobs\n- Wrote tests"}, "set prompt", kept, "Moved the jobs"},
		{"an update in a mail of its own", of("hi", "digest now\n\n- Moved the jobs\n- Wrote tests"), "digest", kept, "Wrote tests"},
		{"stop with a reason", mail{body: "stop\n\nI do not work there any more."}, "pause", kept, "I do not work there"},
		{"stop among others", mail{body: "Stop\n\n- long calls\n\nStart\n\n- short ones"}, "", "", "long calls"},
		{"help with a remark", of("hi", "help\n\nNot sure how this works"), "help", told, ""},
		{"a call for help", mail{body: "Help\n\nwanted: reviewer for the importer"}, "", "", "reviewer"},
		{"a heading", mail{body: "Status\n\nall green"}, "", "", "all green"},
		{"what may be a heading", mail{body: "weekly\n\nI get too many mails"}, "", asked, "too many"},
		{"a name that is none", mail{body: "Name Vega Reborn\n\nis what we call it"}, "", asked, "we call it"},
		{"a zone that may be several", mail{body: "tz IST\n\nI moved"}, "", asked, "I moved"},
		{"forget me", mail{body: "forget me\n\nIt was fun."}, "forget", kept, "It was fun"},
		{"a word of another language", mail{body: "Hilfe\n\nder Importer klemmt"}, "", "", "klemmt"},

		{"below a quoted question", mail{body: "> - What is in the way?\nHelp"}, "", asked, "Help"},
		{"below a quoted question, but clear", mail{body: "> - What is in the way?\nunsubscribe"}, "pause", "", ""},

		{"a subject", of("pause", "I am on leave until May."), "pause", told, ""},
		{"the subject stop", of("Stop", "- so many mails\n- so little time"), "", "", "so little time"},
		{"the subject stop and a reason", of("stop", "I do not work there any more."), "pause", told, ""},
		{"the subject unsubscribe", of("unsubscribe", "This mail was made by a program: it wants no more."), "pause", "", ""},
		{"the subject forget me", of("forget me", "All of it, please."), "forget", told, ""},
		{"a subject above an update", of("tz Lisbon", "- Moved the jobs\n- Wrote tests"), "set zone", kept, "Wrote tests"},
		{"a subject that is a heading", of("Weekly", "Moved the jobs."), "", "", "Moved the jobs"},
		{"decisions as a heading", mail{body: "Decisions\n\nWe keep the rope"}, "", "", "keep the rope"},
		{"decisions as the subject of an update", of("Decisions", "We keep the rope"), "", "", "keep the rope"},
		{"decisions since a day as a heading", mail{body: "Decisions since March\n\nWe keep the rope"}, "", "", "keep the rope"},
		{"a subject that is misspelt", of("puase", "Moved the jobs."), "", "", "Moved the jobs"},
		{"a subject that was ours", mail{subject: "pause", body: "Moved the jobs."}, "pause", kept, "Moved the jobs"},
		{"a subject that answers", of("Re: pause", "Moved the jobs."), "", "", "Moved the jobs"},
	} {
		t.Run(c.says, func(t *testing.T) {
			o := newOffice(t)
			got := o.take(o.raw(c.mail))
			does := ""
			switch a := got.Answer; {
			case got.Pause != nil && *got.Pause:
				does = "pause"
			case got.Set != nil:
				does = "set " + got.Set.Part
			case a != nil && a.Kind != team.AnswerHeading:
				does = string(a.Kind)
			}
			if does != c.does {
				t.Errorf("does %q, want %q: %s", does, c.does, got.Reason)
			}
			rest := ""
			if a := got.Answer; a != nil {
				switch {
				case a.Kind == team.AnswerHeading:
					rest = asked
				case len(a.LeftOut) > 0 && strings.HasPrefix(a.LeftOut[0].Why, "in your update for"):
					rest = kept
				case len(a.LeftOut) > 0:
					rest = told
				}
			}
			if rest != c.rest {
				t.Errorf("the rest is %q, want %q: %+v", rest, c.rest, got.Answer)
			}
			said := ""
			if u := got.Update; u != nil {
				for _, i := range u.Items {
					said += i.Text + "\n"
				}
			}
			if (c.said == "") != (said == "") || !strings.Contains(said, c.said) {
				t.Errorf("said %q, want %q", said, c.said)
			}
			if c.does != "" && strings.Contains(said, strings.SplitN(c.mail.body, "\n", 2)[0]) && !strings.HasPrefix(c.says, "a subject") {
				t.Errorf("the order is in the update: %q", said)
			}
		})
	}
}

// TestRealUpdatesGiveNoOrders reads updates that begin like orders, as answers to a prompt, as mails of their own, and as subjects.
func TestRealUpdatesGiveNoOrders(t *testing.T) {
	o := newOffice(t)
	o.leads("platform")
	for _, body := range []string{
		"off by friday", "Status\n\nall green", "Status\n\n- all green\n- two bugs", "Help\n\nwanted: reviewer for the importer", "Weekly\n- shipped X", "This week\n\n- shipped X", "Last week\n\nwe shipped X.", "Week\n- shipped X", "Weekly\n\n- shipped X\n- wrote tests", "Name parsing fixed",
		"leave policy reviewed", "stop the leak in worker 3", "Stop\n\n- long calls\n\nStart\n\n- short calls", "Done\n\npause button", "List\n\n- one\n- two", "Settings\n\nThe page has a new look.", "Daily\n\nFixed the build.",
		"Pause between retries is 3 s now", "Resume upload works again", "undo stack rewritten", "Full\n\nhouse at the review", "start work on the importer", "Start\n\nThe importer is begun.", "Digest bug fixed", "digest now sends at once",
		"tz database update is merged", "Time zone tests\n\n- all of Asia", "prompt engineering for the bot", "hours wasted on the flaky test", "days like this", "alias records are set", "my data is migrated", "forget it", "Forget me not",
		"join the tables of the report", "leave the flag on", "Leave\n\nplanning for May is done", "remove dead code", "remove dead code\n\nof the importer", "Remove Mia's branch", "remove 3 warnings\n\nin the parser", "add tests for the parser", "Add\n\n- tests",
		"invite flow shipped", "list page is done", "Members page is done\n\nReview is open.", "settings page", "weekly sync with Sam", "daily standup was short", "Back\n\n- the importer is in", "back to work on billing", "Off by one error fixed",
		"Off\n\n- the old importer\n- the old parser", "stop it from crashing", "cancel button works", "unsubscribe link fixed", "opt out page shipped", "pause until the release is out", "quit smoking page", "mute button fixed",
		"Help page is done", "help Sam with the deploy", "Hilfe\n\nwird gesucht beim Importer", "Stopp der alten Worker", "Name\n\nof the release: Vega", "Name Parsing", "Name Field Validation\n\nis done", "receipts for the trip handed in",
		"Data\n\n- all of it is moved", "Subscribe\n\nbutton is on the page, three tests are left", "Resume\n\n- one page for the new role", "digest since the release", "Undo\n- and redo work", "holiday calendar shipped", "vacation page fixed",
		"Away\n\n- state of the chat fixed", "free disk space is back", "frei gegeben: der Importer",
	} {
		for _, m := range []mail{{body: body}, {to: platform, subject: "today", body: body}, {to: platform, subject: strings.SplitN(body, "\n", 2)[0] + " ", body: "- " + strings.ReplaceAll(body, "\n", " ") + "\n- more"}} {
			v, err := o.receiver.Read(t.Context(), mailin.Raw{UID: 1, Bytes: o.raw(m)}, team.Cursor{Account: own, Validity: 1}, o.now)
			must(t, err)
			got := v.Mail
			if got.Outcome != team.Stored || got.Answer != nil {
				t.Errorf("%q below %q is %s: %s; %+v", m.body, m.subject, got.Outcome, got.Reason, got.Answer)
			}
		}
	}
}
