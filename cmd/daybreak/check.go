package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/trouble"
)

func newCheckCommand(app *App) *cobra.Command {
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "check",
		Short: "Try everything that is configured, with a mail that daybreak sends to itself",
		Long: `Try everything that is configured, one line each: the configuration, the database, time zones, both logins, the DNS record of [dkim], a probe that is sent
through SMTP to a plus address of the mailbox and awaited through IMAP, and the clock against the one of the mail servers that
carried the probe.

It may run beside the daemon: the database is only read, and the mailbox too. The probe is no update: the daemon knows it and
leaves it alone. What fails comes with its remedy, and daybreak exits with 1.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if timeout <= 0 {
				return withHint(misuse{errors.New("--timeout must be longer than nothing")}, "daybreak check --timeout 2m")
			}
			err := (&checker{app: app, out: app.Out, timeout: timeout}).run(cmd.Context())
			if errors.Is(err, context.Canceled) {
				return errors.New("stopped")
			}
			return err
		},
	}
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "how `LONG` to wait for the probe")
	return c
}

// checker tries things one after the other and says how each went.
type checker struct {
	app     *App
	out     io.Writer
	timeout time.Duration

	failed, skipped int
}

const lineForm = "%-5s %-9s %s\n" // outcome, what, words

func (c *checker) ok(what, format string, args ...any) {
	fmt.Fprintf(c.out, lineForm, "ok", what, fmt.Sprintf(format, args...))
}

// warn says what works but deserves a word; it does not count.
func (c *checker) warn(what, format string, args ...any) {
	fmt.Fprintf(c.out, lineForm, "warn", what, fmt.Sprintf(format, args...))
}

func (c *checker) skip(what, why string) {
	c.skipped++
	fmt.Fprintf(c.out, lineForm, "skip", what, why)
}

// fail says what went wrong and, on the next line, the remedy.
func (c *checker) fail(what string, err error, remedy string) {
	c.failed++
	indent := "\n" + strings.Repeat(" ", 16)
	fmt.Fprintf(c.out, lineForm, "FAIL", what, strings.ReplaceAll(err.Error(), "\n", indent))
	if remedy != "" {
		fmt.Fprintf(c.out, "%16s→ %s\n", "", strings.ReplaceAll(remedy, "\n", indent))
	}
}

func (c *checker) run(ctx context.Context) error {
	conf := c.config()
	if conf == nil {
		for _, what := range []string{"database", "zones", "imap", "smtp", "probe", "clock"} {
			c.skip(what, "needs the configuration")
		}
		return c.verdict()
	}
	if conf.Admin != "" {
		c.ok("admin", "%s is told what is the matter", conf.Admin)
	}
	people, known := c.database(ctx, conf)
	c.zones(people, known)
	var inbox *watch
	var others []*watch
	for n, a := range accounts(conf) {
		w := c.imap(ctx, a)
		defer w.close()
		if n == 0 {
			inbox = w
		} else if w != nil {
			others = append(others, w)
		}
	}
	conn := c.smtp(ctx, conf)
	if conn != nil {
		defer conn.Close()
	}
	var missing []string
	if inbox == nil {
		missing = append(missing, "imap")
	}
	if conn == nil {
		missing = append(missing, "smtp")
	}
	p := &probe{checker: c, conf: conf, conn: conn, inbox: inbox, others: others, sign: c.dkim(ctx, conf)}
	switch {
	case len(missing) > 0:
		c.skip("probe", "needs "+strings.Join(missing, " and "))
		c.skip("clock", "needs the probe")
	case p.run(ctx):
		c.signature(p.sign, &p.plus)
		c.senders(conf, p.in.account, &p.plus)
		c.clock(&p.plus)
	case ctx.Err() == nil:
		c.skip("clock", "needs the probe")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.verdict()
}

func (c *checker) verdict() error {
	if c.failed == 0 {
		return nil
	}
	verdict := count(c.failed, "check") + " failed"
	switch {
	case c.skipped == 1:
		verdict += ", 1 was skipped"
	case c.skipped > 1:
		verdict += fmt.Sprintf(", %d were skipped", c.skipped)
	}
	return errors.New(verdict)
}

func (c *checker) config() *config.Config {
	path, err := c.app.configFile()
	if err != nil {
		c.fail("config", err, remedyFor(err))
		return nil
	}
	conf, err := config.Load(path)
	if err != nil {
		c.fail("config", err, remedyFor(err))
		return nil
	}
	c.ok("config", "%s: mail to and from %s", path, conf.Address)
	for _, w := range conf.Warnings {
		c.warn("config", "%s", w)
	}
	return conf
}

// database reads the whole database and gives everyone in it. Before the first start there is none, which is right.
func (c *checker) database(ctx context.Context, conf *config.Config) (people []team.Person, known bool) {
	s, err := store.Open(ctx, store.Options{Path: conf.Database, ReadOnly: true, QuickCheck: true})
	if store.KindOf(err) == store.Missing {
		dir := filepath.Dir(conf.Database)
		if info, dirErr := os.Stat(dir); dir == config.UnitState || dirErr == nil && info.IsDir() {
			c.ok("database", "%s is not there yet; the first start makes it", conf.Database)
			return nil, false
		}
		c.fail("database", fmt.Errorf("there is no directory %s for the database", dir), "mkdir -p "+dir)
		return nil, false
	}
	if err != nil {
		c.fail("database", err, remedyFor(err))
		return nil, false
	}
	defer s.Close()
	people, err = s.People(ctx)
	if err != nil {
		c.fail("database", err, remedyFor(err))
		return nil, false
	}
	teams := map[int64]bool{}
	for _, p := range people {
		for _, m := range p.Teams {
			teams[m.Team.ID] = true
		}
	}
	c.ok("database", "%s: whole; %s in %s", conf.Database, count(len(people), "member"), count(len(teams), "team"))
	for _, p := range people {
		for _, a := range p.Addresses {
			if a == conf.Address {
				c.warn("database", "%s is daybreak's own address and a member's: mail from it is never read", a)
			}
		}
	}
	return people, true
}

// zones loads the zone of every member.
func (c *checker) zones(people []team.Person, known bool) {
	wrong := map[string][]string{}
	zones := map[string]bool{}
	for _, p := range people {
		for _, m := range p.Teams {
			rule := p.RuleIn(m.Team)
			if _, err := rule.Location(); err != nil {
				if !slices.Contains(wrong[err.Error()], p.Address()) {
					wrong[err.Error()] = append(wrong[err.Error()], p.Address())
				}
				continue
			}
			zones[rule.Zone] = true
		}
	}
	for _, text := range sortedKeys(wrong) {
		c.fail("zones", fmt.Errorf("%s: %s", strings.Join(wrong[text], ", "), text),
			"correct zone in the team file and run: daybreak team apply FILE; or install the newest tzdata")
	}
	if len(wrong) > 0 {
		return
	}
	data := zoneData()
	if _, err := time.LoadLocation("Europe/Paris"); err != nil {
		c.fail("zones", fmt.Errorf("there is no zone data: %w", err), "apt install tzdata")
		return
	}
	if !known {
		c.ok("zones", "%s", data)
		return
	}
	c.ok("zones", "%s of the members; %s", count(len(zones), "zone"), data)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// imap logs in and says what the server can do.
func (c *checker) imap(ctx context.Context, a account) *watch {
	inbox, err := openWatch(ctx, a, a.Folder, c.timeout)
	if err != nil {
		c.fail("imap", fmt.Errorf("%s: %w", a.Server, err), remedyFor(err))
		return nil
	}
	var can []string
	for _, name := range []string{"IDLE", "UIDPLUS", "MOVE", "CONDSTORE", "QUOTA"} {
		if slices.Contains(inbox.session.Capabilities(), name) {
			can = append(can, name)
		}
	}
	c.ok("imap", "%s, folder %s: %s", a.Server, a.Folder, orNothing(can))
	if !slices.Contains(can, "IDLE") {
		c.warn("imap", "%sno IDLE: new mail is noticed within five minutes instead of at once", a.colon())
	}
	c.quota(ctx, a)
	c.folders(ctx, a)
	return inbox
}

// nearlyFull is how full a mailbox is that deserves a word.
const nearlyFull = 0.9

// quota says that the mailbox is full or soon will be, over a connection of its own: some answers end it.
func (c *checker) quota(ctx context.Context, a account) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	session, err := a.mailbox().Open(ctx)
	if err != nil {
		return // it was open just now, and has been judged
	}
	defer session.Close()
	const remedy = "delete mail in it that is older than your latest backup; daybreak has its own copies"
	switch full, err := session.Fullness(ctx); {
	case err != nil || full < nearlyFull:
	case full < 1:
		c.warn("quota", "%s is full to %d %%; %s", trouble.Mailbox(a.name), int(full*100), remedy)
	default:
		c.fail("quota", fmt.Errorf("%s is full: mail to it is refused", trouble.Mailbox(a.name)), remedy)
	}
}

// folders opens the other folders, and says what the one for junk is called if that is not read.
func (c *checker) folders(ctx context.Context, a account) {
	junk, err := junkFolder(ctx, a)
	for _, name := range a.Folders()[1:] {
		w, err := openWatch(ctx, a, name, c.timeout)
		w.close()
		remedy := remedyFor(err)
		if err != nil && a.name != "" {
			err = fmt.Errorf("%s: %w", a.name, err)
		}
		switch {
		case err == nil && name == a.Junk:
			c.ok("folders", "%s%s can be read, for replies that land there", a.colon(), name)
		case err == nil:
			c.ok("folders", "%s%s can be read", a.colon(), name)
		case name == a.Junk && junk != "" && junk != name:
			c.fail("folders", err, fmt.Sprintf("write under %s: junk = %q", a.section(), junk))
		default:
			c.fail("folders", err, remedy)
		}
	}
	if a.Junk == "" && err == nil && junk != "" && !slices.Contains(a.Folders(), junk) {
		c.ok("folders", "%s%s is for junk and is not read; to find replies that land there, write under %s: junk = %q", a.colon(), junk, a.section(), junk)
	}
}

// junkFolder asks what the folder for junk is called, over a connection of its own: some answers end it.
func junkFolder(ctx context.Context, a account) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	session, err := a.mailbox().Open(ctx)
	if err != nil {
		return "", err
	}
	defer session.Close()
	return session.JunkFolder(ctx)
}

// smtp logs in and says what the server can do.
func (c *checker) smtp(ctx context.Context, conf *config.Config) *outbox.Conn {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	conn, err := submission(conf).Connect(ctx)
	if err != nil {
		c.fail("smtp", fmt.Errorf("%s: %w", conf.SMTP.Server, err), remedyFor(err))
		return nil
	}
	can := sortedKeys(conn.Extensions())
	can = slices.DeleteFunc(can, func(name string) bool { return name == "AUTH" || name == "STARTTLS" })
	c.ok("smtp", "%s, pace %s: %s", conf.SMTP.Server, conf.SMTP.Pace, orNothing(can))
	return conn
}

func orNothing(words []string) string {
	if len(words) == 0 {
		return "no extensions"
	}
	return strings.Join(words, " ")
}

// A clock that is wrong by this much is worth a word, or asks and tells people at the wrong time.
const (
	clockWarn = 10 * time.Second
	clockFail = 2 * time.Minute
)

// clock compares our clock with that of the servers which stamped the probe on its way: the stamp must lie between the
// moment of sending and that of arrival.
func (c *checker) clock(a *arrival) {
	stamp, by, ok := a.stamp()
	if !ok {
		c.skip("clock", "no server dated the probe")
		return
	}
	off := time.Duration(0) // ours minus theirs
	switch {
	case stamp.Before(a.sent.Add(-time.Second)): // stamps have whole seconds
		off = a.sent.Sub(stamp)
	case stamp.After(a.came):
		off = a.came.Sub(stamp)
	}
	words := fmt.Sprintf("agrees with that of %s", by)
	if off != 0 {
		side := "ahead of"
		if off < 0 {
			side, off = "behind", -off
		}
		words = fmt.Sprintf("%s %s that of %s", off.Round(time.Second), side, by)
	}
	switch {
	case off >= clockFail:
		c.fail("clock", errors.New(words), "timedatectl set-ntp true   # then: date -u")
	case off >= clockWarn:
		c.ok("clock", "%s", words)
		c.warn("clock", "set it by the network: timedatectl set-ntp true")
	default:
		c.ok("clock", "%s", words)
	}
}
