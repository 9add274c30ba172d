package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/failpoint"
	"daybreak/internal/team"
)

// write runs do in one transaction. Once begun it is not cut off when ctx ends: it is short, and what is done need not be done
// again.
func (s *Store) write(ctx context.Context, act string, do func(ctx context.Context, tx *sql.Conn) error) error {
	if s.writer == nil {
		return &Error{Kind: Denied, Err: errors.New(act + ": the database was opened for reading only")}
	}
	err := inTx(ctx, s.writer, beginWriting, func(ctx context.Context, tx *sql.Conn) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		failpoint.Commit(act, false)
		return nil
	})
	if err == nil {
		failpoint.Commit(act, true)
	}
	err = s.fault(act, err)
	s.standing.note(err, true)
	return err
}

// read runs do on one unchanging state of the database, beside a writer.
func (s *Store) read(ctx context.Context, act string, do func(ctx context.Context, tx *sql.Conn) error) error {
	err := s.fault(act, inTx(ctx, s.readers, beginReading, do))
	s.standing.note(err, false)
	return err
}

// inTx runs do in a transaction on one connection, which is undone if do gives an error. It is not a sql.Tx: that one has a goroutine
// watch each query, which costs as much as the query.
func inTx(ctx context.Context, db *sql.DB, begin string, do func(context.Context, *sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			rollBack(ctx, conn)
		}
	}()
	if err := do(ctx, conn); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	committed = err == nil
	return err
}

// all gives each row of a query as scan reads it. What scan cannot read is damage. How many rows are wanted is put as LIMIT ?1 + 0: where a
// parameter stands there alone, SQLite plans the query anew each time.
func all[T any](ctx context.Context, tx *sql.Conn, scan func(row scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, damaged(err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// one gives the first row of a query as scan reads it, or false.
func one[T any](ctx context.Context, tx *sql.Conn, scan func(row scanner) (T, error), query string, args ...any) (v T, ok bool, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return v, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return v, false, rows.Err()
	}
	if v, err = scan(rows); err != nil {
		return v, false, damaged(err)
	}
	return v, true, rows.Close()
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

func scanInt(row scanner) (n int64, err error) { return n, row.Scan(&n) }

// changed runs a statement and gives the number of rows that it touched.
func changed(ctx context.Context, tx *sql.Conn, query string, args ...any) (int64, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// exec runs a statement.
func exec(ctx context.Context, tx *sql.Conn, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

// most is how many values one statement is given in a list.
const most = 400

// inLists calls do with the values in lists of at most most, as the text and the arguments of an IN list whose first parameter is
// ?first.
func inLists[T any](values []T, first int, do func(list string, args []any) error) error {
	for part := range slices.Chunk(values, most) {
		args := make([]any, len(part))
		for i, v := range part {
			args[i] = v
		}
		if err := do(params(first, len(part)), args); err != nil {
			return err
		}
	}
	return nil
}

// params gives "?3, ?4, ?5" for 3 and 3.
func params(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('?')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// ms is the form in which times are kept; no time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is the inverse of ms.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// day is the form in which dates are kept; no date is "".
func day(d team.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// date is the inverse of day.
func date(s string) (team.Date, error) {
	if s == "" {
		return team.Date{}, nil
	}
	return team.ParseDate(s)
}

// orNull keeps 0 as NULL, for references to nothing.
func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// truth keeps a bool as 0 or 1.
func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// clean makes text that every engine takes: valid UTF-8 without NUL.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}
