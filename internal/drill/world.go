package drill

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"daybreak/internal/failpoint"
	"daybreak/internal/mailtest"
)

// world is a crowd, servers, and the program's configuration and database.
type world struct {
	*Crowd
	program, dir string
	servers      Servers

	clock sync.Mutex
	ahead time.Duration // of the program's clock
}

// newWorld writes configuration and roster into dir, and has the program take the roster.
func newWorld(ctx context.Context, program, dir string, seed uint64, teams int, servers Servers) (*world, error) {
	w := &world{Crowd: NewCrowd(servers.User, seed, teams), program: program, dir: dir, servers: servers}
	smtpLogin := ""
	if servers.Password != "" && !servers.OpenSMTP {
		smtpLogin = fmt.Sprintf("user = %q\npassword_file = \"imap.secret\"\n", servers.User)
	}
	for name, text := range map[string]string{
		"team.toml":   w.Roster,
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
	servers.listen(w.Took)
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
	w.clock.Lock()
	defer w.clock.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) forward(d time.Duration) {
	w.clock.Lock()
	defer w.clock.Unlock()
	w.ahead += d
}

// deliver puts a mail into the mailbox.
func (w *world) deliver(a Arrival) {
	w.Seen.Hold(a.Held)
	if err := w.servers.deliver(a.Raw, w.now()); err != nil {
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

// restless is how long the program may have something to do. It looks at its database once a minute at least, so what becomes due just
// after a look may wait as long.
const restless = 90 * time.Second

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
	limit := time.NewTimer(restless)
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
		what, err := busy(ctx, db, w.now(), w.Seen.holds())
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
