package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"

	"daybreak/digest"
	"daybreak/digest/outbox"
	"daybreak/internal/holiday"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/internal/trouble"
	"daybreak/internal/web"
	"daybreak/mailin"
)

const (
	silence  = trouble.Silence  // out of reach for longer, the mailbox makes the daemon not ready
	deadlock = 30 * time.Minute // a mailbox loop without any sign of life: longer than its longest back-off
)

func newServeCommand(app *App) *cobra.Command {
	var since, level string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: read replies, ask, compose and send, until it is told to stop",
		Long: `Run the daemon: read replies, ask, compose and send, until it is told to stop.

At the first start on a mailbox everything in it is left alone: only mail that arrives from then on is read. With --import-since
mail from that day on is taken in as well, as what its senders said on those days; it is answered by nothing and is in no digest.

On SIGTERM or Ctrl-C the daemon finishes what is in flight and ends.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &daemonProcess{app: app}
			if since != "" {
				day, err := team.ParseDate(since)
				if err != nil {
					return withHint(misuse{fmt.Errorf("--import-since: %w", err)}, "daybreak serve --import-since 2026-03-01")
				}
				d.importSince = day.Instant(0, time.Local)
			}
			if err := d.level.UnmarshalText([]byte(level)); err != nil {
				return withHint(misuse{fmt.Errorf("--log-level %q is not a level", level)}, "use debug, info, warn or error")
			}
			return d.run(cmd.Context())
		},
	}
	c.Flags().StringVar(&since, "import-since", "", "at the first start, also take in mail from this `DATE` on (2026-03-01), answering none of it")
	c.Flags().StringVar(&level, "log-level", "info", "debug, info, warn or error")
	return c
}

// daemonProcess is the running daemon. The loops meet in the database only; the kicks just save them waiting.
type daemonProcess struct {
	app         *App
	importSince time.Time
	level       slog.Level
}

// run wires the daemon, top to bottom, and waits.
func (d *daemonProcess) run(ctx context.Context) error {
	log := newLogger(d.app.Err, d.level)
	c, err := d.app.loadConfig()
	if err != nil {
		return err
	}
	for _, w := range c.Warnings {
		log.Warn("configuration", "file", w.File, "line", w.Line, "problem", w.Text, "hint", w.Hint)
	}
	for _, a := range accounts(c) {
		if a.AuthservID == "" {
			a.log(log).Warn("nothing says whose findings about senders to believe: where a domain does not sign its mail, updates count without proof, "+
				"unless it has a DMARC policy, and each order is asked about",
				"hint", "run daybreak check, which proposes authserv_id for [imap]")
		}
	}
	whole := isSmall(c.Database)
	s, err := store.Open(ctx, store.Options{Path: c.Database, Exclusive: true, QuickCheck: whole, Public: new(holiday.Calendar)})
	if err != nil {
		return err
	}
	defer s.Close()
	if whole {
		if err := s.NoteCheckup(ctx, time.Now(), ""); err != nil {
			return err
		}
	}
	if err := arrange(ctx, s, accounts(c)); err != nil {
		return err
	}
	zones, err := s.Rezone(ctx)
	if err != nil {
		return err
	}
	if len(zones) > 0 {
		log.Info("members of zones whose clocks are new or have changed are planned anew", "zones", zones, "data", zoneData())
	}
	understands, err := reader(ctx, c, s)
	if err != nil {
		return err
	}
	composer, err := newComposer(ctx, c.Address, c.HTTP.PublicURL, s)
	if err != nil {
		return err
	}
	composer.VERP = c.SMTP.VERP
	if composer.DKIM, err = signatures(c); err != nil {
		return err
	}

	health := &web.Health{Ping: s.Ping, Silence: silence, Deadlock: deadlock}
	for _, a := range accounts(c) {
		m := &web.Mailbox{Name: a.name}
		m.Beat(time.Now())
		health.Mailboxes = append(health.Mailboxes, m)
	}
	metrics := web.NewMetrics(health, func(ctx context.Context) (team.Status, error) { return s.Status(ctx, time.Now(), 100) })
	toScheduler, toOutbox := make(chan struct{}, 1), make(chan struct{}, 1)

	receiver := &mailin.Receiver{
		Reader: *understands, Store: s, Log: log, Now: d.app.Now,
		Done: func(m team.Mail) { metrics.Mail(m); kick(toScheduler) },
	}
	receiver.ImportSince = d.importSince
	clock := time.Now
	if d.app.Now != nil {
		clock = d.app.Now
	}
	look := &lookout{store: s}
	var boxes []*mailin.Mailbox
	var loops []loop
	for i, a := range accounts(c) {
		l := &boxLook{name: a.name, now: clock, started: clock()}
		look.boxes = append(look.boxes, l)
		box, well := a.mailbox(), health.Mailboxes[i]
		box.Store, box.Receive, box.ImportSince, box.Log, box.Now = s, receiver.Receive, d.importSince, log, d.app.Now
		box.Seen, box.Beat, box.Lost = func(at time.Time) { well.Seen(at); l.sawIt(at) }, well.Beat, l.lostIt
		box.Logins = new(mailin.Logins)
		if dial := d.app.Dial; dial != nil {
			box.Dial = func(ctx context.Context, addr string) (net.Conn, error) { return dial(ctx, "tcp", addr) }
		}
		boxes, loops = append(boxes, box), append(loops, loop{well.String(), box.Run})
	}
	sent := sentFolder(c)
	sent.Mailbox.Logins, sent.Mailbox.Dial = boxes[c.SentIn()].Logins, boxes[c.SentIn()].Dial

	scheduler := &digest.Scheduler{
		Store: s, Compose: composer, Log: log, Kick: toScheduler, Now: d.app.Now,
		Made:    func(k team.MailKind, late time.Duration) { metrics.Made(k, late); kick(toOutbox) },
		Skipped: metrics.Skipped,
	}
	server := submission(c)
	server.Dial = d.app.Dial
	out := &outbox.Outbox{
		Store: s, Server: server, Pace: outbox.Pace(c.SMTP.Pace), Log: log, Kick: toOutbox, Now: d.app.Now,
		Filed:   sent.Find,
		Welcome: welcome(s),
		Sent: func(_ team.Outgoing, r team.SendResult, _ time.Duration) {
			metrics.Sent(r.State)
			if r.State == team.SentOut {
				look.sentMail()
			}
		},
	}
	health.Sending = out.Trouble
	look.outbox, look.scheduler = out, scheduler
	watch := &trouble.Watch{Store: s, Sources: look.sources(), Log: log, Now: clock}
	health.Troubles = watch.Troubles
	if c.Admin != "" {
		watch.Kick = func() { kick(toOutbox) }
		watch.Compose = func(list []team.Trouble, now time.Time) (team.Outgoing, error) {
			return composer.Troubles(c.Admin, list, now.In(time.Local))
		}
	}

	var links *web.Unsubscribe
	if c.HTTP.PublicURL != "" {
		links = &web.Unsubscribe{Keys: composer.Keys, Store: s, Pages: composer.Templates, Log: log}
	}
	stopHTTP, err := serveHTTP(c.HTTP.Listen, web.Handler(health, metrics, links), log)
	if err != nil {
		return err
	}
	defer stopHTTP()
	log.Info("started", "version", version(), "config", c)
	past := &reliving{
		store: s, scheduler: scheduler, receiver: mailin.Receiver{Reader: receiver.Reader, Store: s, Log: log}, sent: sent, log: log, now: clock,
	}
	for _, box := range boxes {
		past.boxes = append(past.boxes, *box)
	}
	checkup := &trouble.Checkup{Store: s, Damaged: func(err error) bool { return store.KindOf(err) == store.Corrupt }, Log: log, Now: clock}
	return d.loops(ctx, log, health, append(past.first(append(loops, loop{"scheduler", scheduler.Run}, loop{"outbox", out.Run})),
		loop{"watch", watch.Run}, loop{"checkup", checkup.Run}))
}

// wholeAtStart is how large a database may be, in bytes, of which all is looked at before the daemon starts: that takes half a second. Of a larger
// one all but the bodies of mails is, and the rest when the daemon runs, once a day.
const wholeAtStart = 24 << 20

func isSmall(database string) bool {
	info, err := os.Stat(database)
	return err == nil && info.Size() <= wholeAtStart
}

// welcome tells the outbox when a mail may reach its member, by what holds for them now.
func welcome(s *store.Store) func(context.Context, team.Outgoing, time.Time) (time.Time, error) {
	return func(ctx context.Context, m team.Outgoing, now time.Time) (time.Time, error) {
		p, ok, err := s.Person(ctx, m.MemberID)
		if err != nil || !ok {
			return time.Time{}, err
		}
		return digest.WelcomeAt(p, m, now)
	}
}

type loop struct {
	name string
	run  func(context.Context) error
}

// loops runs the loops until ctx ends or one of them fails, then stops them in order and waits for each.
func (d *daemonProcess) loops(ctx context.Context, log *slog.Logger, health *web.Health, loops []loop) error {
	type running struct {
		loop
		stop context.CancelFunc
		done chan struct{}
	}
	failed := make(chan error, len(loops))
	var all []running
	for _, l := range loops {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
		r := running{l, stop, make(chan struct{})}
		all = append(all, r)
		go func() {
			defer close(r.done)
			if err := r.run(ctx); err != nil {
				failed <- fmt.Errorf("%s: %w", r.name, err)
			}
		}()
	}
	notify(log, daemon.SdNotifyReady)
	watched := make(chan struct{})
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	go func() { defer close(watched); watchdog(watching, log, health) }()

	var err error
	select {
	case <-ctx.Done():
		log.Info("stopping: what is in flight is finished first")
	case err = <-failed:
		log.Error("stopping", "error", err)
	}
	notify(log, daemon.SdNotifyStopping)
	for _, r := range all {
		r.stop()
		<-r.done
		log.Info("stopped", "loop", r.name)
	}
	stopWatching() // only now: the outbox may still wait for an answer for minutes
	<-watched
	return err
}

// kick wakes a loop that may sleep; one that is awake already will look again anyway.
func kick(ch chan<- struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func serveHTTP(listen string, handler http.Handler, log *slog.Logger) (stop func(), err error) {
	if listen == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, withHint(fmt.Errorf("listening for health and metrics: %w", err), "choose a free address: listen in [http] of the configuration")
	}
	server := web.Server(handler)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("serving health and metrics", "error", err)
		}
	}()
	log.Info("health and metrics", "address", "http://"+l.Addr().String())
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
		<-done
	}, nil
}

// notify tells systemd; without systemd it does nothing.
func notify(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("telling systemd", "error", err)
	}
}

// watchdog tells systemd at half its interval that the daemon lives, as long as it does.
func watchdog(ctx context.Context, log *slog.Logger, health *web.Health) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval == 0 || os.Getenv("NOTIFY_SOCKET") == "" {
		return
	}
	ticker := time.NewTicker(interval / 2)
	defer ticker.Stop()
	for {
		if err := health.Live(ctx, time.Now()); err == nil {
			notify(log, daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			log.Error("not well; systemd will restart the daemon if it stays so", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
