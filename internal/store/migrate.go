package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to this program's schema, or says why it cannot be.
func (s *Store) migrate(ctx context.Context) error {
	db := s.writer
	if db == nil {
		db = s.readers
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := schemaVersion(ctx, db, known)
	if err != nil || have == known {
		return err
	}
	if s.writer == nil {
		return &Error{
			Kind: Older,
			Err:  fmt.Errorf("its schema is %d, this program needs %d", have, known),
			Hint: "systemctl restart daybreak   # the daemon brings its database up to date when it starts",
		}
	}
	if s.lock == nil { // not under the feet of a daemon, nor at once with another command
		lock, err := takeLock(ctx, s.path+".lock", migrationWait)
		if held := (errHeld{}); errors.As(err, &held) {
			return &Error{
				Kind: Older,
				Err:  fmt.Errorf("its schema is %d, this program needs %d, and an older daybreak is using it (%s)", have, known, held.holder),
				Hint: "systemctl restart daybreak   # the daemon brings its database up to date when it starts",
			}
		}
		if err != nil {
			return err
		}
		defer lock.release()
		if have, err = schemaVersion(ctx, db, known); err != nil || have == known {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing its schema from %d to %d: %w", have, known, err)
	}
	return nil
}

// schemaVersion is the number of the database's last migration, 0 for an empty file. Newer and foreign databases are errors.
func schemaVersion(ctx context.Context, db *sql.DB, known int64) (int64, error) {
	var ours, tables int64
	err := db.QueryRowContext(ctx, `
		SELECT COUNT(CASE WHEN name = 'goose_db_version' THEN 1 END), COUNT(*)
		FROM sqlite_master WHERE type = 'table'`).Scan(&ours, &tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	foreign := &Error{
		Kind: Refused,
		Err:  errors.New("this is a database of another program"),
		Hint: `url = "daybreak.db"   # under [database] in daybreak.toml: a file of its own`,
	}
	if ours == 0 {
		return 0, foreign
	}
	var have int64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&have); err != nil {
		return 0, err
	}
	if have > known {
		return 0, &Error{
			Kind: Newer,
			Err:  fmt.Errorf("made by a newer daybreak (schema %d, this program knows %d)", have, known),
			Hint: "install the newer program",
		}
	}
	return have, nil
}
