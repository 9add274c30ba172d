package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"

	"daybreak/internal/token"
)

const (
	keyLen  = 32
	keyKept = 16 // as many as a token can name
)

// Keys are the secrets that sign reply addresses, the newest first. The first was made together with the database.
func (s *Store) Keys(ctx context.Context) (token.Keys, error) {
	var keys token.Keys
	err := s.read(ctx, "reading the reply keys", func(ctx context.Context, tx *sql.Conn) (err error) {
		keys, err = all(ctx, tx, func(row scanner) (k token.Key, err error) {
			var generation int64
			err = row.Scan(&generation, &k.Secret)
			k.Number = byte(generation % keyKept)
			return k, err
		}, `SELECT generation, secret FROM reply_key ORDER BY generation DESC LIMIT ?1 + 0`, keyKept)
		if err == nil && len(keys) == 0 {
			err = fmt.Errorf("there is none")
		}
		return err
	})
	return keys, err
}

// RotateKey makes a new key that signs from now on. Older ones go on verifying until sixteen newer ones exist.
func (s *Store) RotateKey(ctx context.Context, now time.Time) error {
	return s.write(ctx, "making a reply key", func(ctx context.Context, tx *sql.Conn) error {
		last, _, err := one(ctx, tx, scanInt, `SELECT generation FROM reply_key ORDER BY generation DESC LIMIT 1`)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, `DELETE FROM reply_key WHERE generation <= ?1`, last+1-keyKept); err != nil {
			return err
		}
		return addKey(ctx, tx, last+1, ms(now))
	})
}

func (s *Store) firstKey(ctx context.Context) error {
	var found bool
	const query = `SELECT generation FROM reply_key LIMIT 1`
	err := s.read(ctx, "reading the reply keys", func(ctx context.Context, tx *sql.Conn) (err error) {
		_, found, err = one(ctx, tx, scanInt, query)
		return err
	})
	if err != nil || found {
		return err
	}
	return s.write(ctx, "making the reply key", func(ctx context.Context, tx *sql.Conn) error {
		if _, found, err := one(ctx, tx, scanInt, query); err != nil || found {
			return err
		}
		return addKey(ctx, tx, 0, 0)
	})
}

func addKey(ctx context.Context, tx *sql.Conn, generation, at int64) error {
	secret := make([]byte, keyLen)
	rand.Read(secret) // never fails
	return exec(ctx, tx, `INSERT INTO reply_key (generation, secret, made_at) VALUES (?1, ?2, ?3)`, generation, secret, at)
}
