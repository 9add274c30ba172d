// Package token makes and checks the part after the plus in a reply address, updates+TOKEN@example.com, which is also
// the local part of the Message-ID. A token says which mail of ours is answered and proves that we wrote it; it does
// not prove who answers. It knows no database: everything it says is inside it.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"daybreak/internal/team"
)

// MaxLen is the length of the longest token. A local part is at most 64 characters, so the address's own local part
// may have 64 - 1 - MaxLen. It is reached by members numbered up to 2²¹ and other ids up to 2²⁸.
const MaxLen = 45

// Kind says what sort of mail carries the token.
type Kind byte

// The kinds, 1 to 15.
const (
	Prompt   Kind = 1
	Reminder Kind = 2
	Digest   Kind = 3
	Receipt  Kind = 4
	Notice   Kind = 5
	Weekly   Kind = 6

	Unsubscribe Kind = 8 // no mail, but a link in one, with which anyone who has it stops the member's mail
)

// Token names one mail that we sent to one member.
type Token struct {
	Kind    Kind
	Member  int64
	ID      int64     // the check-in of a prompt or reminder, the answered mail of a receipt, a notice's own, 0 for a digest and a roll-up
	Day     team.Date // what the mail is about
	Expires team.Date // not valid after this day (UTC)
}

// Key is a secret that signs tokens. The number of a key is never used again for another one while tokens signed with
// the old one may come back.
type Key struct {
	Number byte // 0 to 15
	Secret []byte
}

// Keys are the secrets that are valid now; the first one signs, all verify.
type Keys []Key

// The reasons for which a token is not valid.
var (
	ErrForm    = errors.New("not a token")
	ErrForged  = errors.New("the token's signature is wrong")
	ErrExpired = errors.New("the token has expired")
)

const (
	macLen  = 16 // 128 bits
	purpose = "daybreak reply address v1\x00"
)

var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Sign gives the token's text: lower-case letters and the digits 2 to 7, at most MaxLen of them.
func (k Keys) Sign(t Token) string {
	b := []byte{byte(t.Kind)<<4 | k[0].Number&15}
	b = binary.BigEndian.AppendUint16(b, uint16(t.Expires.Number()))
	b = binary.BigEndian.AppendUint16(b, uint16(t.Day.Number()))
	b = binary.AppendUvarint(b, uint64(t.Member))
	b = binary.AppendUvarint(b, uint64(t.ID))
	return encoding.EncodeToString(append(b, k[0].mac(b)...))
}

func (k Key) mac(b []byte) []byte {
	h := hmac.New(sha256.New, k.Secret)
	h.Write([]byte(purpose))
	h.Write(b)
	return h.Sum(nil)[:macLen]
}

// Verify reads a token's text, in any letter case, and checks it at now. With ErrExpired the token is returned as well.
func (k Keys) Verify(text string, now time.Time) (Token, error) {
	b, err := decode(text)
	if err != nil {
		return Token{}, err
	}
	said, mac := b[:len(b)-macLen], b[len(b)-macLen:]
	genuine := 0
	for _, key := range k {
		if key.Number == said[0]&15 {
			genuine |= subtle.ConstantTimeCompare(key.mac(said), mac)
		}
	}
	if genuine != 1 {
		return Token{}, ErrForged
	}
	t, err := parse(said)
	if err != nil {
		return t, err
	}
	if t.Expires.Before(team.DateOf(now.UTC())) {
		return t, ErrExpired
	}
	return t, nil
}

// Unproven is what a token's text says, whoever has signed it: for a mail that is known to be ours by other means.
func Unproven(text string) (Token, error) {
	b, err := decode(text)
	if err != nil {
		return Token{}, err
	}
	return parse(b[:len(b)-macLen])
}

// decode gives the bytes of a token's text, in any letter case.
func decode(text string) ([]byte, error) {
	if len(text) > MaxLen {
		return nil, ErrForm
	}
	text = strings.ToLower(text)
	b, err := encoding.DecodeString(text)
	if err != nil || len(b) < 7+macLen || encoding.EncodeToString(b) != text {
		return nil, ErrForm
	}
	return b, nil
}

// parse reads what was signed.
func parse(said []byte) (Token, error) {
	t := Token{
		Kind:    Kind(said[0] >> 4),
		Expires: team.DateFromNumber(int(binary.BigEndian.Uint16(said[1:]))),
		Day:     team.DateFromNumber(int(binary.BigEndian.Uint16(said[3:]))),
	}
	member, n := binary.Uvarint(said[5:])
	if n <= 0 {
		return Token{}, ErrForm
	}
	id, m := binary.Uvarint(said[5+n:])
	if m <= 0 || 5+n+m != len(said) {
		return Token{}, ErrForm
	}
	t.Member, t.ID = int64(member), int64(id)
	return t, nil
}

// Address puts a token into an address: updates@example.com becomes updates+TOKEN@example.com.
func Address(base, token string) string {
	local, domain, _ := strings.Cut(base, "@")
	return local + "+" + token + "@" + domain
}

// bounceMark stands before a token in an envelope sender: mail that comes there is not a reply.
const bounceMark = "b."

// BounceAddress is the envelope sender of the mail that carries the token: updates+b.TOKEN@example.com, or base where that would be
// too long.
func BounceAddress(base, token string) string {
	local, _, _ := strings.Cut(base, "@")
	if len(local)+len("+")+len(bounceMark)+len(token) > 64 {
		return base
	}
	return Address(base, bounceMark+token)
}

// FromBounceAddress takes the token out of an envelope sender of ours, else "".
func FromBounceAddress(base, address string) string {
	text, ok := strings.CutPrefix(FromAddress(base, address), bounceMark)
	if !ok {
		return ""
	}
	return text
}

// FromAddress takes the part after the plus out of an address if it is base's, else "".
func FromAddress(base, address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(base), "@")
	gotLocal, gotDomain, gotOK := strings.Cut(team.CleanAddress(address), "@")
	if !ok || !gotOK || domain != gotDomain {
		return ""
	}
	rest, ok := strings.CutPrefix(gotLocal, local+"+")
	if !ok {
		return ""
	}
	return rest
}

// MessageID is the Message-ID, without angle brackets, of the mail that carries the token.
func MessageID(base, token string) string {
	_, domain, _ := strings.Cut(base, "@")
	return token + "@" + domain
}

// FromMessageID takes the token out of a Message-ID of ours (with or without angle brackets), else "".
func FromMessageID(base, id string) string {
	_, domain, _ := strings.Cut(strings.ToLower(base), "@")
	text, ok := strings.CutSuffix(strings.ToLower(strings.Trim(strings.TrimSpace(id), "<>")), "@"+domain)
	if !ok {
		return ""
	}
	return text
}
