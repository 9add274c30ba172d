package drill

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"daybreak/internal/failpoint"
	"daybreak/internal/mailtest"
)

// person is a member, by what a team file says of them.
type person struct {
	name, address, team string
	zone                string
	client              mailtest.Client
}

// world is everything around the program: servers, a roster, and people who answer what they get.
type world struct {
	program, dir string
	servers      Servers
	people       map[string]person // by address
	addresses    []string
	seen         *Evidence

	mu      sync.Mutex
	random  *rand.Rand
	ahead   time.Duration // of the program's clock
	replies []reply       // that people will write
	words   int
	trouble error // the first that came up while nobody could be told
}

// reply is what somebody will write to a prompt that they have got.
type reply struct {
	from   person
	prompt []byte
}

func zones() []string {
	return []string{
		"Pacific/Auckland", "Australia/Sydney", "Australia/Adelaide", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok", "Asia/Yangon", "Asia/Dhaka",
		"Asia/Kathmandu", "Asia/Kolkata", "Asia/Karachi", "Asia/Kabul", "Asia/Dubai", "Asia/Tehran", "Africa/Nairobi", "Europe/Athens",
		"Europe/Paris", "Europe/London", "Atlantic/Azores", "America/Sao_Paulo", "America/St_Johns", "America/New_York", "America/Chicago",
		"America/Denver", "America/Los_Angeles",
	}
}

const teamOf = 5 // people

// newWorld writes configuration and roster into dir, and has the program take the roster.
func newWorld(ctx context.Context, program, dir string, seed uint64, teams int, servers Servers) (*world, error) {
	w := &world{program: program, dir: dir, servers: servers, people: map[string]person{}, random: rand.New(rand.NewPCG(seed, 0))}
	clients, all := mailtest.Clients(), zones()
	var roster strings.Builder
	byTeam := map[string]string{}
	for t := range teams {
		team := fmt.Sprintf("t%d", t)
		fmt.Fprintf(&roster, "[[team]]\nslug = %q\nname = \"Team %d\"\nworking_days = \"mon-sun\"\nworking_hours = \"06:00-23:30\"\n", team, t)
		if t%2 == 0 {
			roster.WriteString("receipts = \"always\"\n")
		}
		for m := range teamOf {
			n := t*teamOf + m
			p := person{name: fmt.Sprintf("Person%c%c %s", 'a'+n/26%26, 'a'+n%26, "Example"), address: fmt.Sprintf("person%d@example.com", n),
				team: team, zone: all[n%len(all)], client: clients[w.random.IntN(len(clients))]}
			w.people[p.address], byTeam[p.address] = p, team
			w.addresses = append(w.addresses, p.address)
			fmt.Fprintf(&roster, "[[team.member]]\nname = %q\naddresses = [%q]\nzone = %q\nprompt = \"%02d:%02d\"\ndigest = \"%02d:%02d\"\n",
				p.name, p.address, p.zone, 14+w.random.IntN(4), w.random.IntN(60), 7+w.random.IntN(4), w.random.IntN(60))
		}
	}
	w.seen = NewEvidence(byTeam)
	smtpLogin := ""
	if servers.Password != "" && !servers.OpenSMTP {
		smtpLogin = fmt.Sprintf("user = %q\npassword_file = \"imap.secret\"\n", servers.User)
	}
	for name, text := range map[string]string{
		"team.toml":   roster.String(),
		"imap.secret": servers.Password + "\n",
		"daybreak.toml": fmt.Sprintf("address = %q\n[imap]\nurl = \"imap://%s\"\nuser = %q\npassword_file = \"imap.secret\"\nauthserv_id = %q\n"+
			"[smtp]\nurl = \"smtp://%s\"\npace = \"1000/s\"\n%s[database]\nurl = \"daybreak.db\"\n",
			servers.User, servers.IMAP, servers.User, mailtest.Authserv(servers.User), servers.SMTP, smtpLogin),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("making a world: %w", err)
		}
	}
	if err := w.command(ctx, "team", "apply", filepath.Join(dir, "team.toml")); err != nil {
		return nil, err
	}
	servers.listen(w.took)
	return w, nil
}

func (w *world) config() string   { return filepath.Join(w.dir, "daybreak.toml") }
func (w *world) database() string { return filepath.Join(w.dir, "daybreak.db") }

// command runs the program to its end.
func (w *world) command(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, w.program, append([]string{"--config", w.config()}, args...)...)
	cmd.Env = append(os.Environ(), failpoint.ClockVariable+"=", failpoint.Variable+"=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("daybreak %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// now is what the program's clock shows.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// fail keeps the first trouble.
func (w *world) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble == nil {
		w.trouble = err
	}
}

func (w *world) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble
}

// took is told of each mail that SMTP has accepted. Who gets a prompt will answer it.
func (w *world) took(from, to string, raw []byte) {
	a, m, err := read(from, to, raw, time.Now())
	if err != nil {
		w.fail(err)
		return
	}
	w.seen.Accept(a)
	subject := m.Header.Get("Subject")
	p, ok := w.people[a.To]
	if ok && strings.HasSuffix(subject, "?") && a.InReplyTo == "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.replies = append(w.replies, reply{p, bytes.Clone(raw)})
	}
}

// arrival is a mail that comes at some moment of a round.
type arrival struct {
	raw  []byte
	held Held
}

// write makes what people write in a round: the answers to their prompts, some orders, some mail of strangers, some copies.
func (w *world) write() ([]arrival, error) {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []arrival
	add := func(raw []byte, h Held) error {
		a, err := w.arrival(raw, h, now)
		if err != nil {
			return err
		}
		all = append(all, a)
		if h.Kind == Update && w.random.IntN(20) == 0 {
			all = append(all, a)
		}
		return nil
	}
	for _, r := range w.replies {
		text := fmt.Sprintf("drill%06d", w.words)
		w.words++
		at := mailtest.Identity{Name: r.from.name, Address: r.from.address}
		raw, err := r.from.client.Reply(r.prompt, at, w.local(r.from, now), mailtest.Answer{Text: "Done: " + text + " is through its review."})
		if err != nil {
			return nil, fmt.Errorf("replying for %s: %w", r.from.address, err)
		}
		if err := add(raw, Held{From: r.from.address, Kind: Update, Word: text}); err != nil {
			return nil, err
		}
	}
	w.replies = nil
	for range w.random.IntN(3) {
		if err := add(w.order([]string{"settings", "digest now", "help"}[w.random.IntN(3)], now)); err != nil {
			return nil, err
		}
	}
	if w.random.IntN(4) == 0 {
		c := mailtest.Clients()[0]
		from := fmt.Sprintf("stranger%d@example.org", w.random.IntN(1000))
		raw := c.Compose(mailtest.Identity{Name: "A Stranger", Address: from}, w.servers.User, "Offer", fmt.Sprintf("Buy %d of them.", w.random.Int()), now)
		if err := add(raw, Held{From: from, Kind: Foreign}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// order is one of somebody.
func (w *world) order(words string, now time.Time) ([]byte, Held) {
	p := w.people[w.addresses[w.random.IntN(len(w.addresses))]]
	raw := p.client.Compose(mailtest.Identity{Name: p.name, Address: p.address}, w.servers.User, words, words, w.local(p, now))
	return raw, Held{From: p.address, Kind: Order}
}

// arrival is what somebody wrote as it comes to the mailbox.
func (w *world) arrival(raw []byte, h Held, now time.Time) (arrival, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return arrival{}, fmt.Errorf("reading what %s wrote: %w", h.From, err)
	}
	h.MessageID = bare(m.Header.Get("Message-ID"))
	to := w.servers.User
	if list, err := m.Header.AddressList("To"); err == nil && len(list) == 1 {
		to = list[0].Address
	}
	return arrival{mailtest.Transit(raw, now, to), h}, nil
}

func (w *world) local(p person, t time.Time) time.Time {
	loc, err := time.LoadLocation(p.zone)
	if err != nil {
		return t
	}
	return t.In(loc)
}

// deliver puts a mail into the mailbox.
func (w *world) deliver(a arrival) {
	w.seen.Hold(a.held)
	if err := w.servers.deliver(a.raw, w.now()); err != nil {
		w.fail(err)
	}
}

// ask gives one number from the database.
func (w *world) ask(ctx context.Context, query string, args ...any) (n int64, err error) {
	db, err := openRead(w.database())
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("looking into the database: %w", err)
	}
	return n, nil
}

// atDot gives the mails whose final dot may have been sent and not answered.
func (w *world) atDot(ctx context.Context) (ids []string, err error) {
	db, err := openRead(w.database())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	err = rows(ctx, db, `SELECT message_id FROM outbox WHERE state = 'dot'`, func(scan func(...any) error) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		ids = append(ids, bare(id))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for mails at their dot: %w", err)
	}
	return ids, nil
}

// busy tells what is still to be done at now, as the database has it.
func busy(ctx context.Context, db *sql.DB, now time.Time, held int) (string, error) {
	var mails, outgoing, slots, answers int
	err := db.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM mail),
			(SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'dot') AND (next_at <= ?1 OR lease > 0)),
			(SELECT COUNT(*) FROM slot WHERE due_at <= ?1),
			(SELECT COUNT(*) FROM answer WHERE answered_at IS NULL AND due_at <= ?1)`, now.UnixMilli()).Scan(&mails, &outgoing, &slots, &answers)
	if err != nil {
		return "", fmt.Errorf("looking into the database: %w", err)
	}
	if mails < held || outgoing+slots+answers > 0 {
		return fmt.Sprintf("%d of %d mails read, %d mails to send, %d slots due, %d answers owed", mails, held, outgoing, slots, answers), nil
	}
	return "", nil
}

// settle lets the program run until nothing is to be done, also not within the minutes for which a mail may have to wait, and stops it. It
// gives how long the program took to be ready.
func (w *world) settle(ctx context.Context) (restart time.Duration, err error) {
	for range 10 {
		took, err := w.settleNow(ctx)
		if err != nil {
			return 0, err
		}
		restart = max(restart, took)
		const soon = 20 * time.Minute
		now := w.now()
		next, err := w.ask(ctx, `
			SELECT COALESCE(MAX(next_at), 0) FROM outbox WHERE state IN ('queued', 'dot') AND next_at <= ?1`, now.Add(soon).UnixMilli())
		if err != nil || next == 0 {
			return restart, err
		}
		w.forward(max(0, time.UnixMilli(next).Sub(now)) + time.Second)
	}
	return 0, &unrest{"a mail is put off again and again"}
}

// settleNow lets the program run until nothing is to be done at once, and stops it.
func (w *world) settleNow(ctx context.Context) (time.Duration, error) {
	p, err := serve(w.program, w.config(), w.ahead, "")
	if err != nil {
		return 0, err
	}
	defer p.cmd.Process.Kill()
	db, err := openRead(w.database())
	if err != nil {
		return 0, err
	}
	defer db.Close()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ready := false; ; {
		select {
		case <-p.done:
			return 0, p.unexpected()
		case <-p.ready:
			ready = true
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		what, err := busy(ctx, db, w.now(), w.seen.holds())
		if err != nil {
			return 0, err
		}
		if ready && what == "" {
			return p.restart(), p.stop()
		}
		select {
		case <-limit.C:
			return 0, &unrest{what + "\n" + p.said()}
		default:
		}
	}
}
