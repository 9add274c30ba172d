package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/spf13/cobra"

	"daybreak/digest"
	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newSimulateCommand(app *App) *cobra.Command {
	s := simulation{app: app}
	var asJSON bool
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Print who gets what when in the days to come; sends nothing",
		Long: `Print who is asked, reminded and told when in the days to come, in UTC and in each member's own time. Nothing is sent.

The days are each member's own local dates. A digest, or with "weekly" a roll-up of the week, comes only if there is news then, a reminder only if nothing was answered.
Who is asked once a week, as they have not answered for days, is so until they answer.
MEMBER is any address of theirs, or their name if only one has it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON {
				if cmd.Flags().Changed("format") && s.format != "json" {
					return withHint(misuse{errors.New("--json and --format are two ways to say it: give one of them")}, cmd.CommandPath()+" --json")
				}
				s.format = "json"
			}
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, st *store.Store) error {
				people, err := st.People(cmd.Context())
				if err != nil {
					return err
				}
				return s.run(people, func(p team.Person) (map[int64]team.Silence, error) { return silences(cmd.Context(), st, p) })
			})
		},
	}
	c.Flags().IntVar(&s.days, "days", 14, "how many days")
	c.Flags().StringVar(&s.from, "from", "", "the first `DATE` (2026-03-09; default today)")
	c.Flags().StringVar(&s.team, "team", "", "only what comes for this `TEAM`, by its slug")
	c.Flags().StringVar(&s.member, "member", "", "only what this `MEMBER` gets")
	c.Flags().StringVar(&s.format, "format", "text", "text, json (a line for each) or ics (a calendar)")
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return c
}

// simulation is one run of the command.
type simulation struct {
	app                        *App
	days                       int
	from, team, member, format string
}

const mostDays = 3660 // ten years

// silences are by check-in the prompts that a person has not answered until today.
func silences(ctx context.Context, st *store.Store, p team.Person) (map[int64]team.Silence, error) {
	today, err := todayOf(p)
	if err != nil {
		return nil, err
	}
	return st.Silences(ctx, p, today)
}

// silenceWords say of the check-ins that a person is asked once a week only why that is, a line each.
func silenceWords(p team.Person, silent map[int64]team.Silence) (lines []string) {
	for _, m := range p.Teams {
		for _, c := range m.Team.CheckIns {
			if s := silent[c.ID]; digest.Rarely(c, s) && !p.Paused {
				lines = append(lines, fmt.Sprintf("%s/%s once a week, as the last %d prompts were not answered", m.Team.Slug, c.Name, s.Unanswered))
			}
		}
	}
	return lines
}

func (s *simulation) run(people []team.Person, silences func(team.Person) (map[int64]team.Silence, error)) error {
	var first team.Date
	var err error
	switch {
	case s.days < 1 || s.days > mostDays:
		return withHint(misuse{fmt.Errorf("--days %d is not between 1 and %d", s.days, mostDays)}, "daybreak simulate --days 14")
	case s.format != "text" && s.format != "json" && s.format != "ics":
		return withHint(misuse{fmt.Errorf("--format %q is none of text, json and ics", s.format)}, "daybreak simulate --format ics > daybreak.ics")
	case s.from != "":
		if first, err = team.ParseDate(s.from); err != nil {
			return withHint(misuse{fmt.Errorf("--from: %w", err)}, "daybreak simulate --from 2026-03-09")
		}
	}
	if people, err = s.chosen(people); err != nil {
		return err
	}
	var list []digest.Occasion
	var words []string
	for _, p := range people {
		silent, err := silences(p)
		if err != nil {
			return err
		}
		for _, line := range silenceWords(p, silent) {
			if s.team == "" || strings.HasPrefix(line, s.team+"/") {
				words = append(words, p.Address()+" is asked "+line)
			}
		}
		from := first
		if from.IsZero() {
			if from, err = todayOf(p); err != nil {
				return err
			}
		}
		own, err := digest.Forecast(p, silent, from, from.Add(s.days-1))
		if err != nil {
			return fmt.Errorf("%s: %w", p.Address(), err)
		}
		for _, o := range own {
			if s.team == "" || o.Kind.Personal() || o.Team.Slug == s.team {
				list = append(list, o)
			}
		}
	}
	digest.SortOccasions(list)
	switch s.format {
	case "json":
		return s.json(list)
	case "ics":
		return s.calendar(list)
	}
	return s.text(people, list, words)
}

// chosen are those of the people whom the flags name.
func (s *simulation) chosen(people []team.Person) ([]team.Person, error) {
	if s.member != "" {
		p, err := findPerson(people, s.member)
		if err != nil {
			return nil, err
		}
		people = []team.Person{p}
	}
	if s.team == "" {
		return people, nil
	}
	var in []team.Person
	for _, p := range people {
		for _, m := range p.Teams {
			if m.Team.Slug == s.team {
				in = append(in, p)
			}
		}
	}
	if len(in) == 0 {
		return nil, withHint(fmt.Errorf("nobody is in a team %q", s.team), "daybreak team list")
	}
	return in, nil
}

func (s *simulation) text(people []team.Person, list []digest.Occasion, words []string) error {
	w := table(s.app.Out)
	for _, o := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", o.At.UTC().Format("2006-01-02 15:04 UTC"), o.At.Format("Mon 2 Jan 15:04 -07:00"), o.At.Location(),
			o.Kind, o.Person.Address(), subjectOf(o))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(s.app.Out, "nothing comes")
	}
	for _, line := range words {
		fmt.Fprintln(s.app.Out, line)
	}
	for _, p := range people {
		if p.Paused {
			fmt.Fprintf(s.app.Out, "%s is paused and gets nothing\n", p.Address())
		}
	}
	return nil
}

// subjectOf says what an occasion is about: "platform/daily", or the teams of a digest or a roll-up.
func subjectOf(o digest.Occasion) string {
	if o.Kind.Personal() {
		return slugs(o.Person)
	}
	text := o.Team.Slug + "/" + o.CheckIn.Name
	if o.Kind == team.ReminderSlot {
		text += " of " + o.Day.String()
	}
	return text
}

func (s *simulation) json(list []digest.Occasion) error {
	e := json.NewEncoder(s.app.Out)
	e.SetEscapeHTML(false)
	for _, o := range list {
		line := struct {
			At      string        `json:"at"`
			Local   string        `json:"local"`
			Zone    string        `json:"zone"`
			Member  string        `json:"member"`
			Name    string        `json:"name"`
			Team    string        `json:"team"` // of a digest and a roll-up all, parted by commas
			CheckIn string        `json:"checkin,omitempty"`
			Kind    team.SlotKind `json:"kind"`
			Day     string        `json:"day"`
		}{rfc3339(o.At), o.At.Format(time.RFC3339), o.At.Location().String(), o.Person.Address(), o.Person.Name, o.Team.Slug, o.CheckIn.Name, o.Kind, o.Day.String()}
		if o.Kind.Personal() {
			line.Team = slugs(o.Person)
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// calendar writes the occasions as one that calendar programs read: events of a few minutes in UTC that make nobody busy.
func (s *simulation) calendar(list []digest.Occasion) error {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//daybreak//simulate//EN")
	cal.Props.SetText("X-WR-CALNAME", "daybreak")
	now := time.Now()
	for _, o := range list {
		e := ical.NewEvent()
		e.Props.SetText(ical.PropUID, fmt.Sprintf("%s-%s-%s-%s", o.Kind, o.Day, strings.ReplaceAll(subjectOf(o), " ", "-"), o.Person.Address()))
		e.Props.SetDateTime(ical.PropDateTimeStamp, now.UTC())
		e.Props.SetDateTime(ical.PropDateTimeStart, o.At.UTC())
		e.Props.SetDateTime(ical.PropDateTimeEnd, o.At.UTC().Add(10*time.Minute))
		e.Props.SetText(ical.PropSummary, fmt.Sprintf("%s: %s (%s)", o.Kind, o.Person.Name, subjectOf(o)))
		e.Props.SetText(ical.PropDescription, fmt.Sprintf("%s, %s", o.At.Format("Mon 2 Jan 2006, 15:04 -07:00"), o.At.Location()))
		e.Props.SetText(ical.PropTransparency, "TRANSPARENT")
		cal.Children = append(cal.Children, e.Component)
	}
	if len(list) == 0 {
		cal.Children = append(cal.Children, noEvents())
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(&b).Encode(cal); err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	_, err := s.app.Out.Write(folded(b.Bytes()))
	return err
}

// noEvents is what a calendar without events holds, as it must hold something: the zone in which its events would be.
func noEvents() *ical.Component {
	zone, standard := ical.NewComponent(ical.CompTimezone), ical.NewComponent(ical.CompTimezoneStandard)
	zone.Props.SetText(ical.PropTimezoneID, "UTC")
	for name, value := range map[string]string{
		ical.PropDateTimeStart: "19700101T000000", ical.PropTimezoneOffsetFrom: "+0000", ical.PropTimezoneOffsetTo: "+0000",
	} {
		standard.Props.Set(&ical.Prop{Name: name, Value: value, Params: ical.Params{}})
	}
	zone.Children = append(zone.Children, standard)
	return zone
}

// lineMost is how many octets a line of a calendar has at most, without its end (RFC 5545 section 3.1).
const lineMost = 75

// folded breaks the lines of a calendar that are too long: what follows begins with a space. No character is parted.
func folded(calendar []byte) []byte {
	var out []byte
	for line := range bytes.Lines(calendar) {
		for most := lineMost; len(bytes.TrimRight(line, "\r\n")) > most; most = lineMost - 1 { // the space counts
			end := most
			for !utf8.RuneStart(line[end]) {
				end--
			}
			out = append(append(out, line[:end]...), "\r\n "...)
			line = line[end:]
		}
		out = append(out, line...)
	}
	return out
}
