package mailtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	_ "github.com/emersion/go-message/charset" // any charset that the mail is written in
	"github.com/emersion/go-message/mail"
)

// person is a name and an address as in a header.
type person struct{ name, address string }

// shown is how clients write a person in running text.
func (p person) shown() string {
	if p.name == "" {
		return "<" + p.address + ">"
	}
	return p.name + " <" + p.address + ">"
}

// called is the name, or else the address.
func (p person) called() string {
	if p.name == "" {
		return p.address
	}
	return p.name
}

// oneLine is header text as clients show it: without line ends and other control characters.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// original is a mail that is replied to, as its reader sees it.
type original struct {
	from, replyTo person
	returnPath    string
	to            []person
	subject       string
	messageID     string
	references    []string
	date          time.Time
	text          string // LF line ends, no trailing blanks but for the signature's line
	html          string // "" if there is none
	raw           []byte
}

func readOriginal(raw []byte) (*original, error) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("reading the mail: %w", err)
	}
	o := &original{raw: raw}
	if o.from, err = onePerson(r.Header, "From"); err != nil {
		return nil, err
	}
	if o.replyTo, err = onePerson(r.Header, "Reply-To"); err != nil {
		o.replyTo = o.from
	}
	if list, err := r.Header.AddressList("To"); err == nil {
		for _, a := range list {
			o.to = append(o.to, person{oneLine(a.Name), oneLine(a.Address)})
		}
	}
	o.returnPath = strings.Trim(r.Header.Get("Return-Path"), "<> ")
	if o.subject, err = r.Header.Subject(); err != nil {
		return nil, fmt.Errorf("reading the subject: %w", err)
	}
	o.subject = oneLine(o.subject)
	if o.messageID, err = r.Header.MessageID(); err != nil || o.messageID == "" {
		return nil, errors.New("the mail has no Message-ID")
	}
	o.references, _ = r.Header.MsgIDList("References")
	if o.date, err = r.Header.Date(); err != nil {
		return nil, fmt.Errorf("reading the date: %w", err)
	}
	if err := o.readBody(r); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *original) readBody(r *mail.Reader) error {
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the parts: %w", err)
		}
		header, ok := part.Header.(*mail.InlineHeader)
		if !ok {
			continue
		}
		kind, params, _ := header.ContentType()
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return fmt.Errorf("reading a part: %w", err)
		}
		text := strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(body)), "\ufffd")
		switch {
		case kind == "text/plain" && o.text == "":
			if o.text = text; strings.EqualFold(params["format"], "flowed") {
				o.text = strings.TrimPrefix(strings.ReplaceAll("\n"+text, "\n ", "\n"), "\n")
			}
		case kind == "text/html" && o.html == "":
			o.html = text
		}
	}
	lines := strings.Split(strings.Trim(o.text, "\n"), "\n")
	for i := range lines {
		if lines[i] != "-- " {
			lines[i] = strings.TrimRight(lines[i], " \t")
		}
	}
	o.text = strings.Join(lines, "\n")
	return nil
}

func onePerson(h mail.Header, name string) (person, error) {
	list, err := h.AddressList(name)
	if err != nil {
		return person{}, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(list) == 0 {
		return person{}, fmt.Errorf("the mail has no %s", name)
	}
	return person{oneLine(list[0].Name), oneLine(list[0].Address)}, nil
}
