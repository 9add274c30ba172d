package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/mailtest"
	"daybreak/internal/team"
	"daybreak/internal/token"
	"daybreak/internal/web"
	"daybreak/mailin"
	"daybreak/mailin/mime"
	"daybreak/templates"
)

func newDemoCommand(app *App) *cobra.Command {
	d := &demo{app: app}
	var once bool
	var out, listen string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole product: a sample team lives through three working days",
		Long: `Show the whole product on mail servers in memory: a sample team of six people in six time zones lives through three
working days, on a clock that runs ahead, across the start of daylight-saving time in the United States. Then a page shows
every mail that everyone got. Nothing leaves this machine, and nothing is left on it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.run(cmd.Context(), out); err != nil {
				return err
			}
			if once {
				return nil
			}
			return d.serve(cmd.Context(), listen)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end after the story instead of serving the page")
	c.Flags().StringVar(&out, "out", "", "write every mail to `DIR`/<recipient>/NNN-<kind>.eml, and DIR/timeline.jsonl; those of an earlier demo are replaced")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8025", "where the page is served; a free port if it is taken")
	return c
}

// demo is one run of the sample story.
type demo struct {
	app      *App
	out      string // directory for mails and timeline, "" for none
	world    *world
	people   []team.Person
	mails    map[string][]demoMail // by recipient, in order
	timeline io.Writer
	pending  []occasion
	inbound  string // how many mails came in, in words
	client   string // that the mail which comes in next was written with
	day      string // the last one that was printed, UTC
	failed   error  // the first trouble within a callback
}

// demoMail is one mail that someone got.
type demoMail struct {
	At      time.Time
	Kind    team.MailKind
	Subject string
	From    string
	Message *mime.Message
	Raw     []byte
}

// occasion is something that a person of the story will do.
type occasion struct {
	at    time.Time
	reply storyReply
}

func (d *demo) run(ctx context.Context, out string) error {
	began := time.Now()
	dir, err := os.MkdirTemp("", "daybreak-demo-")
	if err != nil {
		return fmt.Errorf("making a place for the database: %w", err)
	}
	defer os.RemoveAll(dir)
	if out != "" {
		d.out = out
		f, err := openOut(out, demoRoster())
		if err != nil {
			return err
		}
		defer f.Close()
		d.timeline = f
	}
	c := &clock{now: demoStart}
	servers, err := memoryServers(demoAddress, c.Now)
	if err != nil {
		return err
	}
	if err := d.tellStory(ctx, filepath.Join(dir, "demo.db"), c, servers); err != nil {
		return err
	}
	fmt.Fprintf(d.app.Out, "\n%s were sent, %s; it took %.1f s.\n", count(d.sentCount(), "mail"), d.inbound, time.Since(began).Seconds())
	return nil
}

// tellStory lets the team live through its days between the servers.
func (d *demo) tellStory(ctx context.Context, database string, c *clock, servers *serverPair) (err error) {
	d.mails = map[string][]demoMail{}
	if d.world, err = newWorld(ctx, database, demoAddress, demoRoster(), c, servers); err != nil {
		return err
	}
	defer d.world.close()
	d.world.delivered, d.world.received = d.delivered, d.received
	if d.people, err = d.world.store.People(ctx); err != nil {
		return err
	}
	fmt.Fprintf(d.app.Out, `Six people in six zones live through three working days; on Sunday America's clocks change.
← is a mail that daybreak sends, → one that comes in through IMAP to %s.
`, demoAddress)
	for _, r := range demoStory() {
		d.plan(r)
	}
	if err := d.live(ctx); err != nil {
		return err
	}
	d.inbound, err = d.countInbound(ctx)
	return err
}

func (d *demo) sentCount() (n int) {
	for _, mails := range d.mails {
		n += len(mails)
	}
	return n
}

// countInbound says how many mails came in and what became of them.
func (d *demo) countInbound(ctx context.Context) (string, error) {
	s, err := d.world.store.Status(ctx, d.world.clock.Now(), 0)
	if err != nil {
		return "", err
	}
	n, words := 0, []string{}
	for _, o := range team.Outcomes() {
		if s.Outcomes[o] > 0 {
			n += s.Outcomes[o]
			words = append(words, fmt.Sprintf("%d %s", s.Outcomes[o], o))
		}
	}
	return fmt.Sprintf("%d came in (%s)", n, strings.Join(words, ", ")), nil
}

// plan puts what a person will do at a time of their own day among what is pending.
func (d *demo) plan(r storyReply) {
	p, ok := d.person(r.Who)
	if !ok {
		d.fail(fmt.Errorf("the story names %s, who is in no team", r.Who))
		return
	}
	loc, err := p.DigestRule().Location()
	if err != nil {
		d.fail(err)
		return
	}
	d.pending = append(d.pending, occasion{r.Day.Instant(r.At, loc), r})
	slices.SortStableFunc(d.pending, func(a, b occasion) int { return a.at.Compare(b.at) })
}

func (d *demo) person(address string) (team.Person, bool) {
	for _, p := range d.people {
		if slices.Contains(p.Addresses, address) {
			return p, true
		}
	}
	return team.Person{}, false
}

// live moves the clock from one thing to the next until the story ends.
func (d *demo) live(ctx context.Context) error {
	for ctx.Err() == nil && d.failed == nil {
		if err := d.world.work(ctx); err != nil {
			return err
		}
		next, ok, err := d.world.store.NextSlot(ctx)
		if err != nil {
			return err
		}
		act := len(d.pending) > 0 && (!ok || !d.pending[0].at.After(next))
		if act {
			next = d.pending[0].at
		}
		if !ok && !act || next.After(demoEnd) {
			return d.failed
		}
		d.world.clock.set(next)
		if act {
			o := d.pending[0]
			d.pending = d.pending[1:]
			if err := d.act(ctx, o); err != nil {
				return err
			}
		}
	}
	return errors.Join(ctx.Err(), d.failed)
}

// act lets a person write.
func (d *demo) act(ctx context.Context, o occasion) error {
	d.client = o.reply.Client
	raw, err := d.write(o)
	if err != nil {
		return fmt.Errorf("the story of %s on %s: %w", o.reply.Who, o.reply.Day, err)
	}
	return d.world.arrive(ctx, mailtest.Transit(raw, o.at, recipient(raw)))
}

func recipient(raw []byte) string {
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return demoAddress
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) == 0 {
		return demoAddress
	}
	return to[0].Address
}

// delivered notes a mail that daybreak sent.
func (d *demo) delivered(m mailtest.Delivery) {
	p, ok := d.person(m.To)
	if !ok {
		d.fail(fmt.Errorf("a mail went to %s, who is in no team", m.To))
		return
	}
	read := mime.Read(m.Raw)
	sent := demoMail{At: m.At, Kind: d.kind(read), Subject: read.Subject, Message: read, Raw: m.Raw, From: read.Header.First("From")}
	d.mails[p.Address()] = append(d.mails[p.Address()], sent)
	d.fail(d.keep(p, sent))
	d.tell(p, moment{At: rfc3339(m.At), Event: string(sent.Kind), Subject: sent.Subject}, "← "+string(sent.Kind), sent.Subject)
}

// kind of a mail of ours, as its own token says.
func (d *demo) kind(m *mime.Message) team.MailKind {
	t, err := d.world.receiver.Keys.Verify(token.FromMessageID(demoAddress, m.MessageID), d.world.clock.Now())
	if err != nil {
		d.fail(fmt.Errorf("a mail was sent without a token of ours: %q", m.Subject))
	}
	return mailin.MailKindOf(t.Kind)
}

// received tells of a mail that came in through IMAP and of its outcome.
func (d *demo) received(m team.Mail) {
	p, ok := d.person(m.From)
	if !ok {
		p = team.Person{Member: team.Member{Name: m.From, Addresses: []string{m.From}, Rule: team.Rule{Zone: "UTC"}}}
	}
	headline, detail := string(m.Outcome), m.Reason
	if u := m.Update; u != nil {
		headline = fmt.Sprintf("%s for %s", count(len(u.Items), "item"), u.Day.Short())
		if u.Replace {
			headline = "correction, " + headline
		}
		if len(u.Items) > 0 {
			detail = "“" + templates.Line(u.Items[0].Text, 60) + "”"
		}
	}
	d.tell(p, moment{At: rfc3339(d.world.clock.Now()), Event: "mail", Outcome: string(m.Outcome), Subject: m.Subject, Detail: m.Reason},
		"→ "+d.client, headline+": "+detail)
}

// moment is one line of the timeline.
type moment struct {
	At      string `json:"at"`
	Local   string `json:"local"`
	Zone    string `json:"zone"`
	Event   string `json:"event"` // prompt, reminder, digest or receipt for what was sent, mail for what came in
	Outcome string `json:"outcome,omitempty"`
	Member  string `json:"member"`
	Name    string `json:"name"`
	Team    string `json:"team"`
	Subject string `json:"subject"`
	Detail  string `json:"detail,omitempty"`
}

// tell prints one line of the story and keeps the moment in the timeline.
func (d *demo) tell(p team.Person, m moment, headline, detail string) {
	at, _ := time.Parse(time.RFC3339, m.At) // it was made so
	m.Zone = p.DigestRule().Zone
	local := localTime(at, m.Zone)
	m.Local, m.Member, m.Name, m.Team = local.Format(time.RFC3339), p.Address(), p.Name, slugs(p)
	if day := at.UTC().Format("Monday 2 January"); day != d.day {
		d.day = day
		fmt.Fprintf(d.app.Out, "\n%s (UTC)\n", day)
	}
	fmt.Fprintf(d.app.Out, "  %-23s %-20s %-16s %-17s %s\n", local.Format("Mon 2 Jan 15:04 -07:00"), m.Zone, p.Name, headline, detail)
	if d.timeline == nil {
		return
	}
	line, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(d.timeline, "%s\n", line)
	}
	d.fail(err)
}

// fail keeps the first error of a callback, which ends the story.
func (d *demo) fail(err error) {
	if d.failed == nil {
		d.failed = err
	}
}

// serve shows the inbox page until ctx ends.
func (d *demo) serve(ctx context.Context, address string) error {
	set, err := templates.Load()
	if err != nil {
		return err
	}
	l, err := listen(address)
	if err != nil {
		return fmt.Errorf("serving the page: %w", err)
	}
	server := web.Server(d.inbox(set))
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(d.app.Out, "Read everyone's mail at http://%s/ (Ctrl-C ends)\n", l.Addr())
	if err := server.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serving the page: %w", err)
	}
	return nil
}
