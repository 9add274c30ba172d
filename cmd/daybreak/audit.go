package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

func newAuditCommand(app *App) *cobra.Command {
	var limit int
	var since string
	var asJSON bool
	c := &cobra.Command{
		Use: "audit [MEMBER]", Short: "List who changed what: settings, leaves, pauses and teams",
		Long: `List the newest changes, of all or of one member, the latest last: when, whose, what it was and what it became, and by whom: by
the member's own mail (daybreak mail raw ID shows it), by the note of their auto-responder, or by the admin.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var from time.Time
			if since != "" {
				d, err := team.ParseDate(since)
				if err != nil {
					return withHint(misuse{err}, "daybreak audit --since 2026-03-09")
				}
				from = d.Instant(0, time.Local)
			}
			return app.withStore(cmd.Context(), toLook, func(_ *config.Config, s *store.Store) error {
				var member int64
				if len(args) > 0 {
					p, err := memberNamed(cmd.Context(), s, args[0])
					if err != nil {
						return err
					}
					member = p.ID
				}
				list, err := s.Changes(cmd.Context(), member, from, limit)
				if err != nil {
					return err
				}
				slices.Reverse(list)
				return printAudit(app, list, asJSON)
			})
		},
	}
	c.Flags().IntVarP(&limit, "number", "n", 50, "how many at most")
	c.Flags().StringVar(&since, "since", "", "only changes from this `DATE` on")
	c.Flags().BoolVar(&asJSON, "json", false, "a line of JSON for each")
	return c
}

// auditLine is a change as --json prints it.
type auditLine struct {
	At     time.Time `json:"at"`
	Member string    `json:"member,omitempty"` // main address
	What   string    `json:"what"`
	Was    string    `json:"was,omitempty"`
	Is     string    `json:"is,omitempty"`
	By     string    `json:"by"`
	Mail   int64     `json:"mail,omitempty"`
	Undoes bool      `json:"undoes,omitempty"`
	Team   string    `json:"team,omitempty"` // whose rule it is, or in which the member's place changed
	Lead   string    `json:"lead,omitempty"` // who asked for it, if not the member
}

func printAudit(app *App, list []team.LoggedChange, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(app.Out)
		for _, c := range list {
			if err := out.Encode(auditLine{c.At.UTC(), c.Address, c.What, c.Was, c.Is, c.By, c.MailID, c.Undoes, c.Team, c.AskedBy}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		fmt.Fprintln(app.Out, "no changes")
		return nil
	}
	w := table(app.Out)
	for _, c := range list {
		what := c.What
		if part, ok := team.RulePartOf(what); ok {
			what = part.Name
		}
		if c.Was != "" || c.Is != "" {
			what += " " + cmp.Or(c.Was, "unset") + " → " + cmp.Or(c.Is, "unset")
		}
		if c.Undoes {
			what += " (undone)"
		}
		by := c.By
		if c.MailID != 0 {
			by += fmt.Sprintf(" %d", c.MailID)
		}
		if c.AskedBy != "" {
			by += " of " + c.AskedBy
		}
		whose := cmp.Or(c.Address, c.Team)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.At.Local().Format("2006-01-02 15:04"), by, whose, what)
	}
	return w.Flush()
}
