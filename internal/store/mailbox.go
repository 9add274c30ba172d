package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Cursor is how far a mailbox has been read; false means that it was never seen.
func (s *Store) Cursor(ctx context.Context, account string) (c team.Cursor, ok bool, err error) {
	err = s.read(ctx, "reading the cursor", func(ctx context.Context, tx *sql.Conn) (err error) {
		var status team.MailboxStatus
		status, ok, err = one(ctx, tx, scanMailbox, `
			SELECT account, validity, last_uid, new_from, baseline_at, seen_at FROM mailbox WHERE account = ?1`, account)
		c = status.Cursor
		return err
	})
	return c, ok, err
}

func scanMailbox(row scanner) (m team.MailboxStatus, err error) {
	var baseline, seen int64
	err = row.Scan(&m.Cursor.Account, &m.Cursor.Validity, &m.Cursor.LastUID, &m.Cursor.NewFrom, &baseline, &seen)
	m.Cursor.BaselineAt, m.SeenAt = at(baseline), at(seen)
	return m, err
}

// Baseline sets a cursor where a mailbox is first read, or is read anew because its UIDs have changed. Without BaselineAt the one
// that is known is kept.
func (s *Store) Baseline(ctx context.Context, c team.Cursor) error {
	return s.write(ctx, "setting the cursor", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `
			INSERT INTO mailbox (account, validity, numbering, last_uid, new_from, baseline_at, seen_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, 0)
			ON CONFLICT (account) DO UPDATE SET
				validity = excluded.validity,
				numbering = mailbox.numbering + 1,
				last_uid = excluded.last_uid,
				new_from = excluded.new_from,
				baseline_at = CASE WHEN excluded.baseline_at = 0 THEN mailbox.baseline_at ELSE excluded.baseline_at END`,
			c.Account, int64(c.Validity), int64(c.LastUID), int64(c.NewFrom), ms(c.BaselineAt))
	})
}

// MailboxSeen notes that a mailbox was looked at with success. One without a cursor is not known yet and stays so.
func (s *Store) MailboxSeen(ctx context.Context, account string, now time.Time) error {
	return s.write(ctx, "noting that the mailbox answers", func(ctx context.Context, tx *sql.Conn) error {
		return exec(ctx, tx, `UPDATE mailbox SET seen_at = ?2 WHERE account = ?1`, account, ms(now))
	})
}

// numbered is a mailbox with its present numbering.
type numbered struct{ id, numbering int64 }

// passCursor moves a mailbox's cursor forward. A cursor of another validity than the known one is stale.
func passCursor(ctx context.Context, tx *sql.Conn, c team.Cursor) (box numbered, err error) {
	box, ok, err := one(ctx, tx, func(row scanner) (b numbered, err error) { return b, row.Scan(&b.id, &b.numbering) }, `
		INSERT INTO mailbox (account, validity, numbering, last_uid, new_from, baseline_at, seen_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, 0)
		ON CONFLICT (account) DO UPDATE SET
			last_uid = CASE WHEN excluded.last_uid > mailbox.last_uid THEN excluded.last_uid ELSE mailbox.last_uid END
		WHERE mailbox.validity = excluded.validity
		RETURNING id, numbering`,
		c.Account, int64(c.Validity), int64(c.LastUID), int64(c.NewFrom), ms(c.BaselineAt))
	if err == nil && !ok {
		err = fmt.Errorf("mailbox %s has another UIDVALIDITY than %d: %w", c.Account, c.Validity, ErrStale)
	}
	return box, err
}

// Arrange makes the database know the folders that the daemon reads from now on by the names that they have now: one that had another keeps its
// cursor and its mails. A name whose server is read no more stays with its folder, as that server may only be called otherwise now. What was the
// matter with accounts that are not among those named, in troubles, is forgotten.
func (s *Store) Arrange(ctx context.Context, folders []team.Folder, named []string) error {
	return s.write(ctx, "arranging the mailboxes", func(ctx context.Context, tx *sql.Conn) error {
		if err := forgetTroubles(ctx, tx, named); err != nil {
			return err
		}
		before, err := all(ctx, tx, func(row scanner) (f team.Folder, err error) {
			return f, row.Scan(&f.Account, &f.Server, &f.Name)
		}, `SELECT account, server, name FROM folder ORDER BY account`)
		if err != nil {
			return err
		}
		if err := renameMailboxes(ctx, tx, renamed(before, folders)); err != nil {
			return err
		}
		for _, f := range folders {
			err := exec(ctx, tx, `
				INSERT INTO folder (account, server, name) VALUES (?1, ?2, ?3)
				ON CONFLICT (account) DO UPDATE SET server = excluded.server, name = excluded.name
				WHERE folder.server <> excluded.server OR folder.name <> excluded.name`, f.Account, f.Server, f.Name)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// renamed gives the names that folders had which have others now.
func renamed(before, now []team.Folder) map[string]string {
	type lies struct{ server, name string }
	old, held := map[lies]string{}, map[string]team.Folder{}
	for _, f := range before {
		old[lies{f.Server, f.Name}], held[f.Account] = f.Account, f
	}
	become := map[string]string{}
	for _, f := range now {
		was, known := old[lies{f.Server, f.Name}]
		if !known || was == f.Account {
			continue
		}
		become[was] = f.Account
		if other, taken := held[f.Account]; taken && become[f.Account] == "" { // whose else it may have been has another name, too
			become[f.Account] = other.Server + "/" + other.Name
		}
	}
	for _, f := range now { // one that is new has not the cursor of another that is still read
		other, taken := held[f.Account]
		if _, known := old[lies{f.Server, f.Name}]; known || !taken || become[f.Account] != "" {
			continue
		}
		if slices.ContainsFunc(now, func(f team.Folder) bool { return f.Server == other.Server }) {
			become[f.Account] = other.Server + "/" + other.Name
		}
	}
	return become
}

// renameMailboxes gives mailboxes other names, which may be those of others that are renamed too.
func renameMailboxes(ctx context.Context, tx *sql.Conn, become map[string]string) error {
	const aside = " (renamed)"
	for _, step := range []struct{ from, to string }{{"", aside}, {aside, ""}} {
		for was, is := range become {
			from, to := was+step.from, was+step.to
			if step.to == "" {
				to = is
			}
			if err := exec(ctx, tx, `UPDATE mailbox SET account = ?2 WHERE account = ?1`, from, to); err != nil {
				return err
			}
			if err := exec(ctx, tx, `UPDATE folder SET account = ?2 WHERE account = ?1`, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}
