package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// packed is a mail as it is kept.
type packed struct {
	sha256 []byte
	size   int64
	codec  string
	body   []byte
}

const (
	codecNone    = "none"
	codecDeflate = "deflate"
)

// packers are kept for the next mail: each holds close to a megabyte.
type packers struct{ pool sync.Pool }

// pack compresses mails, fast rather than well: it is done for each one that arrives. The standard library's flate makes as much of
// them in twice the time.
func (p *packers) pack(raw []byte) packed {
	sum := sha256.Sum256(raw)
	out := packed{sha256: sum[:], size: int64(len(raw)), codec: codecNone, body: raw}
	var b bytes.Buffer
	b.Grow(len(raw)/2 + 64)
	w, ok := p.pool.Get().(*flate.Writer)
	if ok {
		w.Reset(&b)
	} else {
		w, _ = flate.NewWriter(&b, flate.BestSpeed) // this level is valid
	}
	_, err := w.Write(raw)
	if err == nil {
		err = w.Close()
	}
	p.pool.Put(w)
	if err == nil && b.Len() < len(raw) {
		out.codec, out.body = codecDeflate, b.Bytes()
	}
	return out
}

func (p packed) unpack() ([]byte, error) {
	switch p.codec {
	case codecNone:
		return p.body, nil
	case codecDeflate:
		r := io.LimitReader(flate.NewReader(bytes.NewReader(p.body)), p.size+1)
		raw := bytes.NewBuffer(make([]byte, 0, p.size))
		if _, err := raw.ReadFrom(r); err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		if int64(raw.Len()) != p.size {
			return nil, fmt.Errorf("unpacking: %d bytes instead of %d", raw.Len(), p.size)
		}
		return raw.Bytes(), nil
	}
	return nil, fmt.Errorf("unpacking: unknown codec %q", p.codec)
}

// keepRaw stores a mail's bytes, once for all copies, and gives their ID.
func keepRaw(ctx context.Context, tx *sql.Conn, p packed) (int64, error) {
	id, ok, err := one(ctx, tx, scanInt, `
		INSERT INTO raw (sha256, size, codec, body) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (sha256) DO NOTHING
		RETURNING id`, p.sha256, p.size, p.codec, p.body)
	if err != nil || ok {
		return id, err
	}
	id, _, err = one(ctx, tx, scanInt, `SELECT id FROM raw WHERE sha256 = ?1`, p.sha256)
	return id, err
}

// RawMail gives an accepted mail's bytes as they came; nil if it came without any.
func (s *Store) RawMail(ctx context.Context, mail int64) (raw []byte, err error) {
	err = s.read(ctx, fmt.Sprintf("reading mail %d", mail), func(ctx context.Context, tx *sql.Conn) error {
		id, ok, err := one(ctx, tx, scanInt, `SELECT COALESCE(raw_id, 0) FROM mail WHERE id = ?1`, mail)
		if err != nil {
			return err
		}
		if !ok {
			return unknown("there is no such mail")
		}
		p, ok, err := one(ctx, tx, func(row scanner) (p packed, err error) {
			return p, row.Scan(&p.sha256, &p.size, &p.codec, &p.body)
		}, `SELECT sha256, size, codec, body FROM raw WHERE id = ?1`, id)
		if err != nil || !ok {
			return err
		}
		raw, err = p.unpack()
		return err
	})
	return raw, err
}
