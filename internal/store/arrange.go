package store

import (
	"context"
	"database/sql"
	"slices"

	"daybreak/internal/team"
)

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
