package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"daybreak/internal/team"
)

// Allowing are the members who allow an address to write for them.
func (s *Store) Allowing(ctx context.Context, addr string) (list []team.Person, err error) {
	err = s.read(ctx, "reading for whom an address may write", func(ctx context.Context, tx *sql.Conn) error {
		ids, err := all(ctx, tx, scanInt, `SELECT member_id FROM delegate WHERE addr = ?1 AND source <> 'refused' ORDER BY member_id`, addr)
		if err != nil || len(ids) == 0 {
			return err
		}
		list, err = s.peopleInOrder(ctx, tx, ids)
		return err
	})
	return list, err
}

// allow lets an address write for the change's member, or no more, and logs it if that is anything new.
func allow(ctx context.Context, tx *sql.Conn, c change, addr string, may bool, now time.Time) (n int64, err error) {
	if c.what, c.was = changeDelegate, addr; may {
		c.was, c.became = "", addr
		n, err = changed(ctx, tx, `
			INSERT INTO delegate (addr, member_id, source, made_at) VALUES (?1, ?2, 'mail', ?3)
			ON CONFLICT (addr, member_id) DO UPDATE SET source = 'file' WHERE delegate.source = 'refused'`, addr, c.member, ms(now))
	} else {
		n, err = changed(ctx, tx, `UPDATE delegate SET source = 'refused' WHERE addr = ?1 AND member_id = ?2 AND source = 'file'`, addr, c.member)
		if err == nil && n == 0 {
			n, err = changed(ctx, tx, `DELETE FROM delegate WHERE addr = ?1 AND member_id = ?2 AND source = 'mail'`, addr, c.member)
		}
	}
	if err != nil || n == 0 {
		return n, err
	}
	return n, logChange(ctx, tx, c, now)
}

// delegate carries out what a member orders about who may write for them.
func (a *accepting) delegate(ctx context.Context, tx *sql.Conn, c change, m *team.Mail) error {
	addr, may := m.Undelegate, m.Delegate != ""
	if may {
		addr = m.Delegate
		owner, err := ownerOf(ctx, tx, addr)
		if err != nil {
			return err
		}
		if owner == c.member {
			unclear(m, team.Doubt{Why: addr + " is an address of your own, from which you write anyway"})
			return nil
		}
	}
	n, err := allow(ctx, tx, c, addr, may, a.now)
	if err == nil && n == 0 && !may {
		unclear(m, team.Doubt{Why: addr + " may not write for you"})
	}
	return err
}

// logWritten notes that somebody wrote an update for its member, who can undo it.
func (a *accepting) logWritten(ctx context.Context, tx *sql.Conn, mail int64, u team.NewUpdate) error {
	return logChange(ctx, tx, change{by: byMail, mail: mail, member: u.MemberID, what: changeWritten, became: u.By}, a.now)
}

// restoreWritten takes back what was written for a member. That itself is not taken back: it can be sent again.
func restoreWritten(ctx context.Context, tx *sql.Conn, c, last change, now time.Time) (bool, error) {
	if last.became == "" {
		return false, nil
	}
	c.what, c.was = changeWritten, last.became
	n, err := changed(ctx, tx, `UPDATE entry SET withdrawn_at = ?2 WHERE mail_id = ?1 AND withdrawn_at IS NULL`, last.mail, ms(now))
	if err != nil || n == 0 {
		return false, err
	}
	return true, logChange(ctx, tx, c, now)
}

// filedDelegates are the addresses that the team file lets write for members.
func filedDelegates(ctx context.Context, tx *sql.Conn) (map[int64][]string, error) {
	found := map[int64][]string{}
	_, err := all(ctx, tx, func(row scanner) (n none, err error) {
		var member int64
		var addr string
		err = row.Scan(&member, &addr)
		found[member] = append(found[member], addr)
		return n, err
	}, `SELECT member_id, addr FROM delegate WHERE source <> 'mail' ORDER BY addr`)
	return found, err
}

// applyDelegates lets the addresses write for the persons that the roster names, beside those that they allow themselves. What somebody has
// refused by mail stays so.
func (a *applying) applyDelegates(ctx context.Context, tx *sql.Conn, elsewhere map[int64]bool) error {
	filed, err := filedDelegates(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range a.persons {
		have := filed[w.ID]
		if elsewhere[w.ID] && len(w.Delegates) == 0 || slices.Equal(have, slices.Sorted(slices.Values(w.Delegates))) {
			continue
		}
		for _, addr := range have {
			if !slices.Contains(w.Delegates, addr) {
				if err := exec(ctx, tx, `DELETE FROM delegate WHERE member_id = ?1 AND addr = ?2`, w.ID, addr); err != nil {
					return err
				}
			}
		}
		for _, addr := range w.Delegates {
			err := exec(ctx, tx, `
				INSERT INTO delegate (addr, member_id, source, made_at) VALUES (?1, ?2, 'file', ?3)
				ON CONFLICT (addr, member_id) DO UPDATE SET source = 'file' WHERE delegate.source = 'mail'`, addr, w.ID, a.now)
			if err != nil {
				return err
			}
		}
		if !w.fresh {
			w.changes = append(w.changes, team.Change{
				Action: "change", What: "member " + w.Address(), Detail: differ("delegates", commas(have), commas(slices.Sorted(slices.Values(w.Delegates)))),
			})
		}
	}
	return nil
}
