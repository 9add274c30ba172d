package digest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math/bits"
	"strings"
)

const (
	quotedWidth = 75 // without the "=" of a soft line break (RFC 2045 §6.7)
	upperHex    = "0123456789ABCDEF"
)

// plainRun is how many bytes at the beginning stand for themselves in quoted-printable, unless a blank ends a line.
func plainRun(line string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(line); n += 8 { // the high bit of a byte is set if the byte is below a space, above "~" or "=", and perhaps after one
		w := word(line[n : n+8])
		equal := w ^ '='*ones
		if ((w-' '*ones)|(w+ones)|w|(equal-ones)&^equal)&highs != 0 {
			break
		}
	}
	for n < len(line) && (line[n] >= ' ' && line[n] <= '~' && line[n] != '=' || line[n] == '\t') {
		n++
	}
	return n
}

// word is eight bytes as a number. It reads them in one go.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// appendQuoted appends text as quoted-printable with CRLF line ends. The bytes are those of mime/quotedprintable's writer, which goes
// byte by byte and takes a third of the time that composing a digest takes.
func appendQuoted(dst []byte, s string) []byte {
	for {
		end := strings.IndexByte(s, '\n')
		line := s
		if end >= 0 {
			line = strings.TrimSuffix(s[:end], "\r")
		}
		for {
			cr := strings.IndexByte(line, '\r')
			if cr < 0 {
				break
			}
			dst = append(appendQuotedLine(dst, line[:cr]), "\r\n"...)
			line = line[cr+1:]
		}
		dst = appendQuotedLine(dst, line)
		if end < 0 {
			return dst
		}
		dst = append(dst, "\r\n"...)
		s = s[end+1:]
	}
}

// appendQuotedLine appends one line without its end.
func appendQuotedLine(dst []byte, line string) []byte {
	column := 0
	for len(line) > 0 {
		n := plainRun(line)
		run := line[:n]
		for len(run) > quotedWidth-column {
			dst = append(append(dst, run[:quotedWidth-column]...), "=\r\n"...)
			run, column = run[quotedWidth-column:], 0
		}
		dst = append(dst, run...)
		column += len(run)
		if line = line[n:]; len(line) > 0 {
			dst, column = appendEncoded(dst, column, line[0])
			line = line[1:]
		}
	}
	if column > 0 {
		if last := dst[len(dst)-1]; last == ' ' || last == '\t' {
			dst, _ = appendEncoded(dst[:len(dst)-1], column-1, last)
		}
	}
	return dst
}

// appendEncoded appends a byte that does not stand for itself, in the next line if it has no room in this one.
func appendEncoded(dst []byte, column int, b byte) ([]byte, int) {
	if quotedWidth-column < 3 {
		dst, column = append(dst, "=\r\n"...), 0
	}
	return append(dst, '=', upperHex[b>>4], upperHex[b&15]), column + 3
}

// wideBytes is how many bytes are no ASCII.
func wideBytes(s string) int {
	n := 0
	for ; len(s) >= 8; s = s[8:] {
		n += bits.OnesCount64(word(s) & 0x8080808080808080)
	}
	for i := range len(s) {
		n += int(s[i] >> 7)
	}
	return n
}

// appendBase64 appends text as base64 in lines of 76 characters.
func appendBase64(dst []byte, s string) []byte {
	const line = 57
	for len(s) > line {
		dst = append(base64.StdEncoding.AppendEncode(dst, []byte(s[:line])), "\r\n"...)
		s = s[line:]
	}
	return base64.StdEncoding.AppendEncode(dst, []byte(s))
}

// encoded is the words of a part of a mail, to be written in the shorter of the two encodings that every server carries unchanged.
type encoded struct {
	words  string
	base64 bool
	size   int // about what it takes
}

func encode(words string) encoded {
	wide := wideBytes(words)
	if wide > len(words)/6 {
		words = strings.ReplaceAll(words, "\n", "\r\n")
		return encoded{words, true, len(words)*4/3 + len(words)/28 + 8}
	}
	// Each line end is two bytes, and a line's last blank may be three.
	return encoded{words, false, len(words) + len(words)/24 + 2*(wide+strings.Count(words, "=")) + 3*strings.Count(words, "\n") + 8}
}

// append appends the words, whose lines end with CRLF.
func (e encoded) append(dst []byte) []byte {
	if e.base64 {
		return appendBase64(dst, e.words)
	}
	return appendQuoted(dst, e.words)
}

// splice writes the bodies into a mail whose parts are empty, after each part's header.
func splice(empty []byte, boundary string, bodies ...encoded) ([]byte, error) {
	size := len(empty)
	for _, b := range bodies {
		size += b.size
	}
	mail := make([]byte, 0, size)
	start := []byte("--" + boundary + "\r\n")
	for _, body := range bodies {
		part := bytes.Index(empty, start)
		if part < 0 {
			return nil, errors.New("a part of the mail is missing")
		}
		header := bytes.Index(empty[part:], []byte("\r\n\r\n"))
		if header < 0 {
			return nil, errors.New("a part's header has no end")
		}
		end := part + header + 4
		mail = body.append(append(mail, empty[:end]...))
		empty = empty[end:]
	}
	return append(mail, empty...), nil
}
