package digest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
)

const (
	quotedWidth = 75 // without the "=" of a soft line break (RFC 2045 §6.7)
	upperHex    = "0123456789ABCDEF"
)

// plain tells whether a byte stands for itself in quoted-printable, unless it is a blank that ends a line.
func plain(b byte) bool { return b >= ' ' && b <= '~' && b != '=' || b == '\t' }

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
	encode := func(b byte) {
		if quotedWidth-column < 3 {
			dst = append(dst, "=\r\n"...)
			column = 0
		}
		dst = append(dst, '=', upperHex[b>>4], upperHex[b&15])
		column += 3
	}
	for len(line) > 0 {
		n := 0
		for n < len(line) && plain(line[n]) {
			n++
		}
		run := line[:n]
		for len(run) > quotedWidth-column {
			dst = append(append(dst, run[:quotedWidth-column]...), "=\r\n"...)
			run, column = run[quotedWidth-column:], 0
		}
		dst = append(dst, run...)
		column += len(run)
		if line = line[n:]; len(line) > 0 {
			encode(line[0])
			line = line[1:]
		}
	}
	if column > 0 {
		if last := dst[len(dst)-1]; last == ' ' || last == '\t' {
			dst = dst[:len(dst)-1]
			column--
			encode(last)
		}
	}
	return dst
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

// splice puts the bodies into a mail whose parts are empty, after each part's header.
func splice(empty []byte, boundary string, bodies ...[]byte) ([]byte, error) {
	size := len(empty)
	for _, b := range bodies {
		size += len(b)
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
		mail = append(append(mail, empty[:end]...), body...)
		empty = empty[end:]
	}
	return append(mail, empty...), nil
}
