package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"
)

// packed is a mail as it is kept.
type packed struct {
	fingerprint []byte
	size        int64
	codec       string
	body        []byte
}

const (
	codecNone    = "none"
	codecDeflate = "deflate"
)

// packers are kept for the next mail: each holds close to a megabyte.
type packers struct{ pool sync.Pool }

// pack compresses mails, fast rather than well: it is done for each one that arrives. The standard library's flate makes as much of
// them in twice the time. The fingerprint begins with the time at which the mail was written, so that what comes in together lies
// together in the index: else each mail would touch a page of its own.
func (p *packers) pack(raw []byte, written time.Time) packed {
	sum := sha256.Sum256(raw)
	out := packed{size: int64(len(raw)), codec: codecNone, body: raw}
	out.fingerprint = append(binary.BigEndian.AppendUint32(nil, uint32(ms(written)/1000)), sum[:]...)
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
		INSERT INTO raw (fingerprint, size, codec, body) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (fingerprint) DO NOTHING
		RETURNING id`, p.fingerprint, p.size, p.codec, p.body)
	if err != nil || ok {
		return id, err
	}
	id, _, err = one(ctx, tx, scanInt, `SELECT id FROM raw WHERE fingerprint = ?1`, p.fingerprint)
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
		raw, err = rawOf(ctx, tx, id)
		return err
	})
	return raw, err
}

// rawOf gives kept bytes; nil if there are none.
func rawOf(ctx context.Context, tx *sql.Conn, id int64) ([]byte, error) {
	p, ok, err := one(ctx, tx, func(row scanner) (p packed, err error) {
		return p, row.Scan(&p.fingerprint, &p.size, &p.codec, &p.body)
	}, `SELECT fingerprint, size, codec, body FROM raw WHERE id = ?1`, id)
	if err != nil || !ok {
		return nil, err
	}
	return p.unpack()
}
