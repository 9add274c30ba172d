package digest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"daybreak/internal/team"
)

// previews make a mail of each kind beside the digest. Name, teams and times are the member's own; what they would have said, asked or
// got wrong is made up.
var previews = map[string]func(c *Composer, p team.Person, now time.Time) (team.Outgoing, error){
	"prompt": func(c *Composer, p team.Person, now time.Time) (team.Outgoing, error) {
		return c.previewPrompt(p, now, false)
	},
	"reminder": func(c *Composer, p team.Person, now time.Time) (team.Outgoing, error) {
		return c.previewPrompt(p, now, true)
	},

	"help":       previewAnswer(team.AnswerHelp),
	"settings":   previewAnswer(team.AnswerRule),
	"paused":     previewAnswer(team.AnswerPaused),
	"resumed":    previewAnswer(team.AnswerResumed),
	"away":       previewAnswer(team.AnswerAway),
	"back":       previewAnswer(team.AnswerBack),
	"changed":    previewAnswer(team.AnswerChanged),
	"unclear":    previewAnswer(team.AnswerUnclear),
	"understood": previewAnswer(team.AnswerUnderstood),
	"unsure":     previewAnswer(team.AnswerUnsure),
	"empty":      previewAnswer(team.AnswerEmpty),
	"encrypted":  previewAnswer(team.AnswerEncrypted),
	"confirm":    previewAnswer(team.AnswerConfirm),

	"welcome":     previewNotice(team.WelcomeNotice),
	"invitation":  previewNotice(team.InvitationNotice),
	"asks":        previewNotice(team.AsksNotice),
	"admitted":    previewNotice(team.AdmittedNotice),
	"turned-away": previewNotice(team.TurnedAwayNotice),
	"joined":      previewNotice(team.JoinedNotice),
	"declined":    previewNotice(team.DeclinedNotice),
	"unreached":   previewNotice(team.UnreachedNotice),
	"complained":  previewNotice(team.ComplainedNotice),
	"newcomer":    previewNotice(team.NewcomerNotice),
	"removed":     previewNotice(team.RemovedNotice),
	"left":        previewNotice(team.LeftNotice),
}

// PreviewKinds are the kinds of mail that Preview makes, by name.
func PreviewKinds() []string { return slices.Sorted(maps.Keys(previews)) }

// Preview makes a mail of a kind as a member would get it, for a look at it. It is not to be sent.
func (c *Composer) Preview(kind string, p team.Person, now time.Time) (team.Outgoing, error) {
	preview, ok := previews[kind]
	if !ok {
		return team.Outgoing{}, fmt.Errorf("there is no preview of %q", kind)
	}
	loc, err := zoneOf(p)
	if err != nil {
		return team.Outgoing{}, fmt.Errorf("making a preview: %w", err)
	}
	return preview(c, p, now.In(loc))
}

// exampleTeam is a team of the member's, one that asks something if there is one.
func exampleTeam(p team.Person) team.Team {
	for _, in := range p.Teams {
		if len(in.Team.CheckIns) > 0 {
			return in.Team
		}
	}
	if len(p.Teams) > 0 {
		return p.Teams[0].Team
	}
	return team.Team{Name: "Platform", Slug: "platform"}
}

func (c *Composer) previewPrompt(p team.Person, now time.Time, again bool) (team.Outgoing, error) {
	t := exampleTeam(p)
	checkIn := team.CheckIn{Name: "daily"}
	if len(t.CheckIns) > 0 {
		checkIn = t.CheckIns[0]
	}
	day := team.DateOf(now)
	turn := team.Turn{
		Slot:   team.Slot{MemberID: p.ID, Kind: team.PromptSlot, CheckInID: checkIn.ID, Day: day},
		Person: p, Team: t, CheckIn: checkIn, Plan: []string{"Write the release notes.", "Pair with Mia on the import."}, PlanDay: day.Add(-1),
	}
	if !again {
		return c.Prompt(turn, now)
	}
	turn.Prompt = &team.Sent{Kind: team.PromptMail, Day: day.Add(-1), Plan: turn.Plan, PlanDay: day.Add(-2), MessageID: "prompt@example.com"}
	return c.Reminder(turn, now)
}

func previewAnswer(kind team.AnswerKind) func(*Composer, team.Person, time.Time) (team.Outgoing, error) {
	return func(c *Composer, p team.Person, now time.Time) (team.Outgoing, error) {
		t, day := exampleTeam(p), team.DateOf(now)
		a := team.Answer{
			Kind: kind, Person: p, ReceivedAt: now, Away: team.Span{From: day.Add(3), Through: day.Add(10)},
			Changed:    team.Changed{Part: "prompt", Was: "16:00", Is: "15:30"},
			Doubt:      team.Doubt{Why: `I am not sure which zone "ist" means`, Try: []string{"tz Asia/Kolkata", "tz Europe/Dublin"}},
			InQuestion: team.InQuestion{Address: "me@home.example", Subject: "Re: " + t.Name},
		}
		if kind.IsReceipt() {
			a.Said = team.Said{Team: t, CheckIn: "daily", Day: day, LeftOut: []team.LeftOut{{Words: "Sent from my phone", Why: "signature"}}}
		}
		if kind == team.AnswerUnderstood || kind == team.AnswerUnsure {
			a.Said.Entries = []team.Entry{{TeamID: t.ID, MemberID: p.ID, Name: p.Name, CheckIn: "daily", Day: day, Items: []team.Item{
				{Kind: team.Done, Question: -1, Text: "Moved the billing jobs to the new queue."}, {Kind: team.Plan, Question: -1, Text: "Load test with Friday's peak."},
			}}}
		}
		return c.Answer(a, now)
	}
}

func previewNotice(kind team.NoticeKind) func(*Composer, team.Person, time.Time) (team.Outgoing, error) {
	return func(c *Composer, p team.Person, now time.Time) (team.Outgoing, error) {
		about := team.Person{Member: team.Member{Name: "Mia Rossi", Addresses: []string{"mia@example.com"}, Unreached: team.Unreached{Why: "550 5.1.1 nobody here by that name"}}}
		n := team.Notice{Kind: kind, Person: p, About: about, Team: exampleTeam(p)}
		if kind == team.NewcomerNotice {
			about.Rule.Zone = "Europe/Rome"
			said := team.Entry{TeamID: n.Team.ID, MemberID: -1, Name: about.Name, CheckIn: "daily", Day: team.DateOf(now).Add(-2), Items: []team.Item{
				{ID: 1, Kind: team.Done, Question: -1, Text: "Moved the billing jobs to the new queue."}, {ID: 2, Kind: team.Plan, Question: -1, Text: "Load test with Friday's peak."}}}
			n.Before = &team.Turn{Person: p, Slot: team.Slot{At: now}, Reading: []team.Reading{{Team: n.Team, Entries: []team.Entry{said}, Members: []team.Person{about, p}}}}
		}
		return c.Notice(n, now)
	}
}
