package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

// provider is a mail provider whose servers are known.
type provider struct {
	name    string
	domains []string // of addresses
	mx      []string // ends of the names of mail exchangers, for domains of one's own
	imap    string
	smtp    string
	oauth   string // set if it takes no passwords: the provider in [imap.oauth]
	note    string // what one has to know before typing a password
}

const appPassword = "it takes an app password, not the one you sign in with: "

// providers are looked at in this order.
var providers = []provider{
	{name: "Gmail", domains: []string{"gmail.com", "googlemail.com"},
		imap: "imaps://imap.gmail.com:993", smtp: "smtps://smtp.gmail.com:465",
		note: appPassword + "turn on 2-step verification and make one at https://myaccount.google.com/apppasswords"},
	{name: "Google Workspace", mx: []string{"google.com", "googlemail.com"},
		imap: "imaps://imap.gmail.com:993", smtp: "smtps://smtp.gmail.com:465",
		note: appPassword + "turn on 2-step verification and make one at https://myaccount.google.com/apppasswords; an admin may have to allow IMAP"},
	{name: "Outlook.com", domains: []string{"outlook.*", "hotmail.*", "live.*", "msn.com"}, mx: []string{"olc.protection.outlook.com"},
		imap: "imaps://outlook.office365.com:993", smtp: "smtp+starttls://smtp-mail.outlook.com:587", oauth: "microsoft",
		note: "it takes no passwords from programs, only tokens of an application that you register"},
	{name: "Microsoft 365", mx: []string{"protection.outlook.com", "mx.microsoft"},
		imap: "imaps://outlook.office365.com:993", smtp: "smtp+starttls://smtp.office365.com:587", oauth: "microsoft",
		note: "it takes no passwords from programs, only tokens of an application that you register; the mailbox must allow authenticated SMTP, " +
			"and the organisation plus addresses (Set-OrganizationConfig -DisablePlusAddressInRecipients $false)"},
	{name: "Fastmail", domains: []string{"fastmail.*", "sent.com"}, mx: []string{"messagingengine.com"},
		imap: "imaps://imap.fastmail.com:993", smtp: "smtps://smtp.fastmail.com:465",
		note: appPassword + "Settings, Privacy & Security, App passwords"},
	{name: "iCloud", domains: []string{"icloud.com", "me.com", "mac.com"}, mx: []string{"mail.icloud.com"},
		imap: "imaps://imap.mail.me.com:993", smtp: "smtp+starttls://smtp.mail.me.com:587",
		note: appPassword + "make one at https://account.apple.com under Sign-In and Security"},
	{name: "Yahoo", domains: []string{"yahoo.*", "ymail.com", "rocketmail.com"}, mx: []string{"yahoodns.net"},
		imap: "imaps://imap.mail.yahoo.com:993", smtp: "smtps://smtp.mail.yahoo.com:465",
		note: appPassword + "make one at https://login.yahoo.com/account/security"},
	{name: "AOL", domains: []string{"aol.com", "aim.com"},
		imap: "imaps://imap.aol.com:993", smtp: "smtps://smtp.aol.com:465",
		note: appPassword + "make one at https://login.aol.com/account/security"},
	{name: "GMX", domains: []string{"gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es"},
		imap: "imaps://imap.gmx.com:993", smtp: "smtps://mail.gmx.com:465", note: "IMAP must be switched on: Settings, POP3 & IMAP"},
	{name: "GMX", domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch"},
		imap: "imaps://imap.gmx.net:993", smtp: "smtps://mail.gmx.net:465", note: "IMAP must be switched on: Einstellungen, POP3/IMAP Abruf"},
	{name: "WEB.DE", domains: []string{"web.de"},
		imap: "imaps://imap.web.de:993", smtp: "smtp+starttls://smtp.web.de:587", note: "IMAP must be switched on: Einstellungen, POP3/IMAP Abruf"},
	{name: "mailbox.org", domains: []string{"mailbox.org"}, mx: []string{"mailbox.org"},
		imap: "imaps://imap.mailbox.org:993", smtp: "smtps://smtp.mailbox.org:465"},
	{name: "Posteo", domains: []string{"posteo.*"}, mx: []string{"posteo.de"},
		imap: "imaps://posteo.de:993", smtp: "smtps://posteo.de:465"},
	{name: "Zoho", domains: []string{"zoho.eu", "zohomail.eu"}, mx: []string{"zoho.eu"},
		imap: "imaps://imap.zoho.eu:993", smtp: "smtps://smtp.zoho.eu:465", note: "IMAP must be switched on in its settings; with two-factor sign-in " + appPassword + "make one under My Account, Security"},
	{name: "Zoho", domains: []string{"zoho.com", "zohomail.com"}, mx: []string{"zoho.com"},
		imap: "imaps://imap.zoho.com:993", smtp: "smtps://smtp.zoho.com:465", note: "IMAP must be switched on in its settings; with two-factor sign-in " + appPassword + "make one under My Account, Security"},
	{name: "Proton Mail", domains: []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, mx: []string{"protonmail.ch"},
		imap: "imap://127.0.0.1:1143", smtp: "smtp://127.0.0.1:1025",
		note: "Proton Mail Bridge must run on this machine; the password is the one that Bridge shows"},
	{name: "Migadu", domains: []string{"migadu.com"}, mx: []string{"migadu.com"},
		imap: "imaps://imap.migadu.com:993", smtp: "smtps://smtp.migadu.com:465"},
	{name: "Yandex", domains: []string{"yandex.*", "ya.ru"}, mx: []string{"yandex.net", "yandex.ru"},
		imap: "imaps://imap.yandex.com:993", smtp: "smtps://smtp.yandex.com:465",
		note: "IMAP must be switched on in its settings, and " + appPassword + "make one at https://id.yandex.com/security/app-passwords"},
	{name: "Mail.ru", domains: []string{"mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru"}, mx: []string{"mail.ru"},
		imap: "imaps://imap.mail.ru:993", smtp: "smtps://smtp.mail.ru:465",
		note: appPassword + "make one in the account's settings, Security"},
	{name: "Purelymail", domains: []string{"purelymail.com"}, mx: []string{"purelymail.com"},
		imap: "imaps://imap.purelymail.com:993", smtp: "smtps://smtp.purelymail.com:465"},
	{name: "Runbox", domains: []string{"runbox.com", "runbox.no"}, mx: []string{"runbox.com"},
		imap: "imaps://mail.runbox.com:993", smtp: "smtps://mail.runbox.com:465"},
	{name: "Mailfence", domains: []string{"mailfence.com"}, mx: []string{"mailfence.com"},
		imap: "imaps://imap.mailfence.com:993", smtp: "smtps://smtp.mailfence.com:465"},
	{name: "StartMail", domains: []string{"startmail.com"}, mx: []string{"startmail.com"},
		imap: "imaps://imap.startmail.com:993", smtp: "smtps://smtp.startmail.com:465",
		note: appPassword + "Settings, App passwords"},
	{name: "Soverin", domains: []string{"soverin.net"}, mx: []string{"soverin.net"},
		imap: "imaps://imap.soverin.net:993", smtp: "smtps://smtp.soverin.net:465"},
	{name: "Disroot", domains: []string{"disroot.org"}, mx: []string{"disroot.org"},
		imap: "imaps://disroot.org:993", smtp: "smtps://disroot.org:465"},
	{name: "Gandi", mx: []string{"gandi.net"}, imap: "imaps://mail.gandi.net:993", smtp: "smtps://mail.gandi.net:465"},
	{name: "OVH", mx: []string{"ovh.net"}, imap: "imaps://ssl0.ovh.net:993", smtp: "smtps://ssl0.ovh.net:465"},
	{name: "IONOS", mx: []string{"kundenserver.de"}, imap: "imaps://imap.ionos.de:993", smtp: "smtps://smtp.ionos.de:465"},
	{name: "IONOS", mx: []string{"ionos.com"}, imap: "imaps://imap.ionos.com:993", smtp: "smtps://smtp.ionos.com:465"},
	{name: "STRATO", mx: []string{"rzone.de"}, imap: "imaps://imap.strato.de:993", smtp: "smtps://smtp.strato.de:465"},
	{name: "Infomaniak", domains: []string{"ik.me", "ikmail.com"}, mx: []string{"infomaniak.ch", "infomaniak.com"},
		imap: "imaps://mail.infomaniak.com:993", smtp: "smtps://mail.infomaniak.com:465"},
	{name: "Hostinger", mx: []string{"hostinger.com"}, imap: "imaps://imap.hostinger.com:993", smtp: "smtps://smtp.hostinger.com:465"},
	{name: "Namecheap Private Email", mx: []string{"privateemail.com"},
		imap: "imaps://mail.privateemail.com:993", smtp: "smtps://mail.privateemail.com:465"},
	{name: "Rackspace", mx: []string{"emailsrvr.com"}, imap: "imaps://secure.emailsrvr.com:993", smtp: "smtps://secure.emailsrvr.com:465"},
	{name: "QQ Mail", domains: []string{"qq.com", "foxmail.com"}, mx: []string{"qq.com"},
		imap: "imaps://imap.qq.com:993", smtp: "smtps://smtp.qq.com:465",
		note: "IMAP must be switched on in its settings, which then show an authorisation code: that is the password"},
	{name: "NAVER", domains: []string{"naver.com"}, imap: "imaps://imap.naver.com:993", smtp: "smtps://smtp.naver.com:465",
		note: "IMAP must be switched on in its settings"},
	{name: "Seznam", domains: []string{"seznam.cz", "email.cz"}, imap: "imaps://imap.seznam.cz:993", smtp: "smtps://smtp.seznam.cz:465"},
}

// publicEnd is what a provider's name is registered under in each country; live.example.com is somebody else's.
var publicEnd = regexp.MustCompile(`^(com|net|org|[a-z]{2}|com?\.[a-z]{2})$`)

// providerOf is the known provider of a domain, by its name alone.
func providerOf(domain string) (provider, bool) {
	for _, p := range providers {
		for _, d := range p.domains {
			name, anyEnd := strings.CutSuffix(d, "*")
			end, begins := strings.CutPrefix(domain, name)
			if d == domain || anyEnd && begins && publicEnd.MatchString(end) {
				return p, true
			}
		}
	}
	return provider{}, false
}

// providerBehind is the known provider that takes mail at a mail exchanger.
func providerBehind(host string) (provider, bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, p := range providers {
		for _, end := range p.mx {
			if host == end || strings.HasSuffix(host, "."+end) {
				return p, true
			}
		}
	}
	return provider{}, false
}

// resolver looks up names; net.DefaultResolver does.
type resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// lookupTime is how long one search for servers may take.
const lookupTime = 10 * time.Second

// found is what is known of an address's servers; a URL may be missing.
type found struct {
	provider
	how string // in words
}

// findServers finds the servers of an address: a known domain, SRV records (RFC 6186, RFC 8314), a known mail exchanger.
func findServers(ctx context.Context, dns resolver, address string) found {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if p, ok := providerOf(domain); ok {
		return found{p, p.name}
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	f := found{}
	f.imap = cmp.Or(announced(ctx, dns, "imaps", domain, "imaps"), announced(ctx, dns, "imap", domain, "imap+starttls"))
	f.smtp = cmp.Or(announced(ctx, dns, "submissions", domain, "smtps"), announced(ctx, dns, "submission", domain, "smtp+starttls"))
	if f.imap != "" || f.smtp != "" {
		f.how = "as announced by " + domain
	}
	exchangers, _ := dns.LookupMX(ctx, domain) // sorted; part of them may come with an error
	for _, mx := range exchangers {
		p, ok := providerBehind(mx.Host)
		if !ok {
			continue
		}
		switch {
		case f.imap == "" || f.smtp == "":
			p.imap, p.smtp = cmp.Or(f.imap, p.imap), cmp.Or(f.smtp, p.smtp)
			return found{p, fmt.Sprintf("%s, which takes mail for %s", p.name, domain)}
		case sameHosts(f.provider, p): // what has to be known of it holds as well
			f.name, f.note, f.oauth = p.name, p.note, p.oauth
			f.how = fmt.Sprintf("%s, as announced by %s", p.name, domain)
		}
		break
	}
	return f
}

func sameHosts(a, b provider) bool {
	host := func(url string) string {
		_, rest, _ := strings.Cut(url, "://")
		host, _, _ := strings.Cut(rest, ":")
		return host
	}
	return host(a.imap) == host(b.imap)
}

// announced gives the URL of the best server that SRV records name for a service, "" if none do.
func announced(ctx context.Context, dns resolver, service, domain, scheme string) string {
	_, records, _ := dns.LookupSRV(ctx, service, "tcp", domain) // sorted by priority and weight
	i := slices.IndexFunc(records, func(r *net.SRV) bool { return strings.Trim(r.Target, ".") != "" && r.Port != 0 })
	if i < 0 {
		return "" // none, or "." which says that there is no such service
	}
	return fmt.Sprintf("%s://%s:%d", scheme, strings.ToLower(strings.TrimSuffix(records[i].Target, ".")), records[i].Port)
}
