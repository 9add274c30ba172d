package mailtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Transit adds what a mail server adds when it delivers a client's mail into the mailbox of an address: Return-Path
// (RFC 5321 §4.4), Delivered-To, its findings about the sender (RFC 8601) and a Received line. The client is honest: it hands
// the mail over by a server that may send for its domain. The envelope's sender is the mail's From; of a mail written by a
// machine it is the null sender (RFC 3834 §3.3, RFC 3464 §2).
func Transit(raw []byte, at time.Time, to string) []byte {
	return transit(raw, at, Sender(raw), to)
}

// Authserv is the name by which the server of an address signs its findings about senders.
func Authserv(address string) string { return "mx." + strings.ToLower(domainOf(address)) }

func transit(raw []byte, at time.Time, from, to string) []byte {
	server := Authserv(to)
	found := "smtp.mailfrom=" + from
	sender := domainOf(from)
	if sender == "" {
		if sender = domainOf(author(raw)); sender == "" {
			sender = domainOf(to)
		}
		found = "smtp.helo=mail." + sender
	}
	sum := sha256.Sum256(raw)
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\nAuthentication-Results: %s; spf=pass %s\r\n", from, to, server, found)
	fmt.Fprintf(&b, "Received: from mail.%s (mail.%s [192.0.2.%d])\r\n\tby %s with ESMTPS id %X\r\n\tfor <%s>; %s\r\n",
		sender, sender, 1+int(sum[0])%250, server, sum[1:6], to, at.Format(time.RFC1123Z))
	b.Write(withoutFindings(raw, server))
	return b.Bytes()
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// withoutFindings takes out of a mail's header what claims to be found by the server, which has not seen it yet (RFC 8601 §5).
func withoutFindings(raw []byte, server string) []byte {
	var b bytes.Buffer
	forged := false
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		if line[0] != ' ' && line[0] != '\t' {
			name, value, _ := strings.Cut(strings.ToLower(string(line)), ":")
			forged = name == "authentication-results" && strings.HasPrefix(strings.TrimSpace(value), server)
		}
		raw = raw[len(line):]
		if !forged {
			b.Write(line)
		}
	}
	return append(b.Bytes(), raw...)
}

// Sender is the envelope's sender that a client gives with a mail: the address in its From line, "" for a mail of a
// machine or one without a readable From.
func Sender(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	if auto := m.Header.Get("Auto-Submitted"); auto != "" && !strings.EqualFold(auto, "no") {
		return ""
	}
	return author(raw)
}

// author is the address in a mail's From line, "" for none that can be read.
func author(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	list, err := m.Header.AddressList("From")
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Address
}
