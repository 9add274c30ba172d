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
// (RFC 5321 §4.4), Delivered-To and a Received line. The envelope's sender is the mail's From; of a mail written by a
// machine it is the null sender (RFC 3834 §3.3, RFC 3464 §2).
func Transit(raw []byte, at time.Time, to string) []byte {
	return transit(raw, at, Sender(raw), to)
}

func transit(raw []byte, at time.Time, from, to string) []byte {
	_, domain, _ := strings.Cut(to, "@")
	_, sender, ok := strings.Cut(from, "@")
	if !ok {
		sender = domain
	}
	sum := sha256.Sum256(raw)
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", from, to)
	fmt.Fprintf(&b, "Received: from mail.%s (mail.%s [192.0.2.%d])\r\n\tby mx.%s with ESMTPS id %X\r\n\tfor <%s>; %s\r\n",
		sender, sender, 1+int(sum[0])%250, domain, sum[1:6], to, at.Format(time.RFC1123Z))
	b.Write(raw)
	return b.Bytes()
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
	list, err := m.Header.AddressList("From")
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Address
}
