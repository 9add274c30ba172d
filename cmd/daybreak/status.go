package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newStatusCommand(app *App) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what is the matter, when the mailbox was last seen, what became of the mails, what is due next and what waits to be sent",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.withStore(cmd.Context(), toLook, func(c *config.Config, s *store.Store) error {
				now := time.Now()
				status, err := s.Status(cmd.Context(), now, 10)
				if err != nil {
					return err
				}
				runs, err := store.Running(c.Database)
				if err != nil {
					return fmt.Errorf("looking whether the daemon runs: %w", err)
				}
				boxes := accounts(c)
				status.Mailboxes = readNow(status, boxes)
				status.Troubles = troublesOf(status, boxes, runs, now)
				if asJSON {
					e := json.NewEncoder(app.Out)
					e.SetIndent("", "  ")
					return e.Encode(statusJSON(status, now))
				}
				return printStatus(app.Out, status, now)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// readNow are the mailboxes that are read by the configuration of now. Of several accounts each is there, even if it was never looked at.
func readNow(s team.Status, boxes []account) []team.MailboxStatus {
	var list []team.MailboxStatus
	for _, a := range boxes {
		for n, folder := range a.Folders() {
			i := slices.IndexFunc(s.Mailboxes, func(m team.MailboxStatus) bool { return m.Cursor.Account == a.in(folder) })
			switch {
			case i >= 0:
				list = append(list, s.Mailboxes[i])
			case n == 0 && a.name != "" && len(s.Mailboxes) > 0:
				list = append(list, team.MailboxStatus{Cursor: team.Cursor{Account: a.in(folder)}})
			}
		}
	}
	return list
}

// The JSON form of the status; times are RFC 3339.
type (
	jsonStatus struct {
		At        string                   `json:"at"`
		Troubles  []jsonTrouble            `json:"troubles"` // the gravest first
		Last      jsonLast                 `json:"last"`
		Mailbox   []jsonMailbox            `json:"mailboxes"`
		Mails     map[team.Outcome]int     `json:"mails"`
		Upcoming  []jsonUpcoming           `json:"upcoming"`
		Outbox    map[team.OutboxState]int `json:"outbox"`
		Outside   int                      `json:"outside_hours"`  // given up at the last moment
		Merged    int                      `json:"merged_digests"` // into the next ones
		Held      []jsonHeld               `json:"held"`
		Failed    []jsonFailed             `json:"failed"`
		Unreached []jsonUnreached          `json:"unreached"`
		Quiet     []jsonQuiet              `json:"quiet"`      // from whom nothing is heard any more
		Missed    jsonMissed               `json:"missed"`     // mails to reply addresses that daybreak did not make
		Unclaimed []jsonHeld               `json:"complaints"` // of which nobody knows whose they are
	}
	jsonTrouble struct {
		Name  team.TroubleKind `json:"name"`
		Since string           `json:"since"`
		What  string           `json:"what"`
		Hint  string           `json:"hint,omitempty"`
	}
	jsonLast struct { // without those that never were
		Mail    string `json:"mail,omitempty"`             // arrived
		Digest  string `json:"digest,omitempty"`           // sent
		Waits   string `json:"outbox_oldest,omitempty"`    // since when the mail waits that should have left first
		Checked string `json:"database_checked,omitempty"` // for damage, all of it
	}
	jsonMissed struct {
		Today int `json:"last_24_hours"`
		All   int `json:"all"`
	}
	jsonMailbox struct {
		Account string `json:"account"`
		SeenAt  string `json:"seen_at,omitempty"`
		LastUID uint32 `json:"last_uid"`
	}
	jsonUpcoming struct {
		At      string `json:"at"`
		Local   string `json:"local"`
		Zone    string `json:"zone"`
		Kind    string `json:"kind"`
		Day     string `json:"day"`
		Member  string `json:"member"`
		Name    string `json:"name"`
		Team    string `json:"team,omitempty"`
		CheckIn string `json:"checkin,omitempty"`
	}
	jsonHeld struct {
		ID      int64  `json:"id"`
		From    string `json:"from"`
		Subject string `json:"subject"`
		At      string `json:"received_at"`
		Reason  string `json:"reason"`
	}
	jsonUnreached struct {
		Member string `json:"member"`
		Since  string `json:"since"`
		Probed string `json:"probed,omitempty"` // the last try since
		Why    string `json:"why"`
	}
	jsonQuiet struct {
		Member string `json:"member,omitempty"` // without it all members of the domain
		Domain string `json:"domain"`
		Since  string `json:"since"`
	}
	jsonFailed struct {
		To      string `json:"to"`
		Subject string `json:"subject"`
		Line    string `json:"line"`
		At      string `json:"at"`
	}
)

func statusJSON(s team.Status, now time.Time) jsonStatus {
	out := jsonStatus{At: rfc3339(now), Mailbox: []jsonMailbox{}, Mails: s.Outcomes, Upcoming: []jsonUpcoming{}, Outbox: s.Outbox, Outside: s.Outside, Merged: s.Merged, Held: []jsonHeld{}, Failed: []jsonFailed{},
		Unreached: []jsonUnreached{}, Quiet: []jsonQuiet{}, Missed: jsonMissed(s.Missed), Unclaimed: []jsonHeld{}}
	out.Troubles = []jsonTrouble{}
	for _, t := range s.Troubles {
		out.Troubles = append(out.Troubles, jsonTrouble{t.Kind, rfc3339(t.Since), t.What, t.Hint})
	}
	for into, at := range map[*string]time.Time{&out.Last.Mail: s.Vitals.MailAt, &out.Last.Digest: s.Vitals.DigestAt, &out.Last.Waits: s.Vitals.WaitsAt, &out.Last.Checked: s.Vitals.CheckedAt} {
		if !at.IsZero() {
			*into = rfc3339(at)
		}
	}
	for _, m := range s.Mailboxes {
		j := jsonMailbox{Account: m.Cursor.Account, LastUID: m.Cursor.LastUID}
		if !m.SeenAt.IsZero() {
			j.SeenAt = rfc3339(m.SeenAt)
		}
		out.Mailbox = append(out.Mailbox, j)
	}
	for _, u := range s.Upcoming {
		out.Upcoming = append(out.Upcoming, jsonUpcoming{At: rfc3339(u.Slot.At), Local: localTime(u.Slot.At, u.Zone).Format(time.RFC3339), Zone: u.Zone,
			Kind: string(u.Slot.Kind), Day: u.Slot.Day.String(), Member: u.Address, Name: u.Name, Team: u.Team, CheckIn: u.CheckIn})
	}
	for _, h := range s.Held {
		out.Held = append(out.Held, jsonHeld{h.ID, h.From, h.Subject, rfc3339(h.ReceivedAt), h.Reason})
	}
	for _, u := range s.Unclaimed {
		out.Unclaimed = append(out.Unclaimed, jsonHeld{u.ID, u.From, u.Subject, rfc3339(u.ReceivedAt), u.Reason})
	}
	for _, f := range s.Failed {
		out.Failed = append(out.Failed, jsonFailed{f.To, f.Subject, f.Line, rfc3339(f.At)})
	}
	for _, q := range s.Quiet {
		out.Quiet = append(out.Quiet, jsonQuiet{q.Address, q.Domain, q.Since.String()})
	}
	for _, p := range s.Unreached {
		j := jsonUnreached{Member: p.Address(), Since: rfc3339(p.Unreached.Since), Why: p.Unreached.Why}
		if p.Unreached.Probed.After(p.Unreached.Since) {
			j.Probed = rfc3339(p.Unreached.Probed)
		}
		out.Unreached = append(out.Unreached, j)
	}
	return out
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// localTime shows an instant in a zone by name; in UTC if the zone is not known here.
func localTime(at time.Time, zone string) time.Time {
	loc, err := team.Rule{Zone: zone}.Location()
	if err != nil {
		return at.UTC()
	}
	return at.In(loc)
}

func printStatus(out io.Writer, s team.Status, now time.Time) error {
	for _, t := range s.Troubles {
		fmt.Fprintf(out, "TROUBLE  %s: %s, since %s (%s)\n", t.Kind, t.What, t.Since.Local().Format("Mon 2 Jan 15:04 -07:00"), ago(now.Sub(t.Since)))
		if t.Hint != "" {
			fmt.Fprintf(out, "         %s\n", t.Hint)
		}
	}
	if len(s.Mailboxes) == 0 {
		fmt.Fprintln(out, "mailbox  never looked at; start the daemon with: daybreak serve")
	}
	for _, m := range s.Mailboxes {
		seen := "never"
		if !m.SeenAt.IsZero() {
			seen = fmt.Sprintf("%s ago (%s)", ago(now.Sub(m.SeenAt)), m.SeenAt.Local().Format("Mon 2 Jan 15:04:05 -07:00"))
		}
		fmt.Fprintf(out, "mailbox  %s, last seen %s, up to UID %d\n", m.Cursor.Account, seen, m.Cursor.LastUID)
	}
	fmt.Fprint(out, "mails  ")
	counts(out, team.Outcomes(), s.Outcomes)
	fmt.Fprint(out, "outbox ")
	counts(out, []team.OutboxState{team.Queued, team.Dot, team.SentOut, team.Failed, team.Expired}, s.Outbox)
	fmt.Fprint(out, "quiet  ")
	const outside, merged = "held outside hours", "digests merged into the next"
	counts(out, []string{outside, merged}, map[string]int{outside: s.Outside, merged: s.Merged})
	printLast(out, s.Vitals, now)
	if s.Missed.All > 0 {
		fmt.Fprintf(out, "misses   %d mails to reply addresses that daybreak did not make, %d of them in the last 24 hours\n", s.Missed.All, s.Missed.Today)
	}
	if len(s.Upcoming) > 0 {
		fmt.Fprintln(out, "\nnext")
		w := table(out)
		for _, u := range s.Upcoming {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", localTime(u.Slot.At, u.Zone).Format("Mon 2 Jan 15:04 -07:00"), u.Zone, u.Slot.Kind, u.Address)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	printKept(out, "held for you", s.Held)
	printKept(out, "complaints, of which nobody knows whose they are; who it is may be in: daybreak mail raw ID", s.Unclaimed)
	if len(s.Unreached) > 0 {
		fmt.Fprintln(out, "\nmail does not arrive; once it does: daybreak member resume MEMBER")
		for _, p := range s.Unreached {
			fmt.Fprintf(out, "  %s  %s\n", p.Address(), unreachedWords(p))
		}
	}
	if len(s.Quiet) > 0 {
		fmt.Fprintln(out, "\nnothing heard any more; are our mails in their Junk folder? daybreak check sees to what can be done here")
	}
	for _, q := range s.Quiet {
		who := "from " + q.Address
		if q.Address == "" {
			who = "from anyone at " + q.Domain
		}
		fmt.Fprintf(out, "  %s  since %s\n", who, q.Since.Short())
	}
	if len(s.Failed) > 0 {
		fmt.Fprintln(out, "\nnot delivered")
		for _, f := range s.Failed {
			fmt.Fprintf(out, "  %s  %q to %s\n      %s\n", f.At.Local().Format("2 Jan 15:04"), f.Subject, f.To, f.Line)
		}
	}
	return nil
}

// printLast prints the last successes, if there were any.
func printLast(out io.Writer, v team.Vitals, now time.Time) {
	var list []string
	add := func(what string, at time.Time) {
		if !at.IsZero() {
			list = append(list, what+" "+ago(now.Sub(at))+" ago")
		}
	}
	add("mail", v.MailAt)
	add("digest sent", v.DigestAt)
	add("database checked", v.CheckedAt)
	if v.Waiting > 0 {
		list = append(list, "oldest waiting mail "+ago(now.Sub(v.WaitsAt)))
	}
	if len(list) > 0 {
		fmt.Fprintln(out, "last     "+strings.Join(list, ", "))
	}
}

// printKept prints mails that the admin should look at, if there are any.
func printKept(out io.Writer, title string, list []team.KeptMail) {
	if len(list) > 0 {
		fmt.Fprintln(out, "\n"+title)
	}
	for _, m := range list {
		fmt.Fprintf(out, "  %d  %s  %q from %s\n      %s\n", m.ID, m.ReceivedAt.Local().Format("2 Jan 15:04"), m.Subject, m.From, m.Reason)
	}
}

// counts prints " stored 12, bounce 1", or " none".
func counts[K ~string](out io.Writer, order []K, n map[K]int) {
	sep := "  "
	for _, k := range order {
		if n[k] > 0 {
			fmt.Fprintf(out, "%s%s %d", sep, k, n[k])
			sep = ", "
		}
	}
	if sep == "  " {
		fmt.Fprint(out, "  none")
	}
	fmt.Fprintln(out)
}

// ago gives a span in the unit that people would use.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
