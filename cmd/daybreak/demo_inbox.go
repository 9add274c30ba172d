package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"daybreak/internal/team"
	"daybreak/templates"
)

// inbox serves everyone's mails: a list at /, a mail at /ADDRESS/N, /ADDRESS/N/text and /ADDRESS/N/source, and the mail's HTML by
// itself at /ADDRESS/N/frame.
func (d *demo) inbox(set *templates.Set) http.Handler {
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, render func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := render(&b); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", templates.PagePolicy)
		_, _ = w.Write(b.Bytes())
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page(w, func(b *bytes.Buffer) error { return set.InboxPage(b, d.inboxPage()) })
	})
	show := func(view templates.View) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			p, n, ok := d.mailAt(r)
			if !ok {
				http.NotFound(w, r)
				return
			}
			page(w, func(b *bytes.Buffer) error { return set.MailPage(b, d.mailPage(p, n, view)) })
		}
	}
	mux.HandleFunc("GET /{address}/{n}", show(templates.HTMLView))
	mux.HandleFunc("GET /{address}/{n}/text", show(templates.TextView))
	mux.HandleFunc("GET /{address}/{n}/source", show(templates.SourceView))
	mux.HandleFunc("GET /{address}/{n}/frame", func(w http.ResponseWriter, r *http.Request) {
		p, n, ok := d.mailAt(r)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", templates.MailPolicy)
		_, _ = w.Write([]byte(d.mails[p.Address()][n-1].Message.HTML))
	})
	return mux
}

// mailAt finds the mail that the path names; the first one has the number 1.
func (d *demo) mailAt(r *http.Request) (team.Person, int, bool) {
	p, ok := d.person(r.PathValue("address"))
	n, err := strconv.Atoi(r.PathValue("n"))
	return p, n, ok && err == nil && n >= 1 && n <= len(d.mails[p.Address()])
}

func (d *demo) inboxPage() templates.InboxPage {
	v := templates.InboxPage{Title: "Everyone's mail", Note: "What daybreak sent to each of the sample team, in their own time."}
	for _, p := range d.people {
		person := inboxPerson(p)
		for n := range d.mails[p.Address()] {
			person.Mails = append(person.Mails, d.inboxMail(p, n+1))
		}
		v.People = append(v.People, person)
	}
	return v
}

func inboxPerson(p team.Person) templates.InboxPerson {
	zone := p.DigestRule().Zone
	return templates.InboxPerson{Name: p.Name, Address: p.Address(), Zone: strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")}
}

func mailURL(p team.Person, n int, rest string) string {
	return fmt.Sprintf("/%s/%d%s", p.Address(), n, rest)
}

func (d *demo) inboxMail(p team.Person, n int) templates.InboxMail {
	m := d.mails[p.Address()][n-1]
	return templates.InboxMail{URL: mailURL(p, n, ""), Kind: string(m.Kind), Subject: m.Subject, When: inboxTime(m.At, p)}
}

func inboxTime(at time.Time, p team.Person) string {
	return localTime(at, p.DigestRule().Zone).Format("Mon 2 Jan, 15:04")
}

func (d *demo) mailPage(p team.Person, n int, view templates.View) templates.MailPage {
	m := d.mails[p.Address()][n-1]
	v := templates.MailPage{Person: inboxPerson(p), Mail: d.inboxMail(p, n), From: m.From, View: view, BackURL: "/",
		HTMLURL: mailURL(p, n, ""), TextURL: mailURL(p, n, "/text"), RawURL: mailURL(p, n, "/source"), FrameURL: mailURL(p, n, "/frame")}
	suffix := map[templates.View]string{templates.TextView: "/text", templates.SourceView: "/source"}[view]
	if n > 1 {
		v.PrevURL = mailURL(p, n-1, suffix)
	}
	if n < len(d.mails[p.Address()]) {
		v.NextURL = mailURL(p, n+1, suffix)
	}
	switch view {
	case templates.TextView:
		v.Body = m.Message.Plain
	case templates.SourceView:
		v.Body = string(m.Raw)
	}
	return v
}
