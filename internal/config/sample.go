package config

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed sample/daybreak.toml
var draftText string

//go:embed sample/team.toml
var sampleTeam string

//go:embed sample/daybreak.service
var unit string

// Draft is what is filled into a new daybreak.toml.
type Draft struct {
	Address  string
	Admin    string // "" for none
	IMAP     string // URL
	IMAPUser string
	SMTP     string // URL
	SMTPUser string // "" for a server on this machine that wants no login
	Secret   string // the password's file, as written in the configuration
	Database string
	Listen   string
	Pace     string      // "" for the default
	OAuth    *DraftOAuth // in place of Secret
}

// DraftOAuth is filled into the sections [imap.oauth] and [smtp.oauth].
type DraftOAuth struct {
	Provider         string
	Tenant           string // "" for none
	ClientID         string
	ClientSecretFile string // "" for none
	RefreshTokenFile string
}

// SampleDraft is filled in where nothing better is known.
func SampleDraft() Draft {
	return Draft{
		Address: "updates@example.com",
		IMAP:    "imaps://imap.example.com:993", IMAPUser: "updates@example.com",
		SMTP: "smtps://smtp.example.com:465", SMTPUser: "updates@example.com",
		Secret: "imap.secret", Database: "daybreak.db", Listen: "127.0.0.1:8026",
	}
}

// Sample is a commented daybreak.toml.
func Sample() string { return SampleDraft().Text() }

// SampleTeam is a commented team file.
func SampleTeam() string { return sampleTeam }

// Unit is a systemd unit for `daybreak serve` that may do no more than it must.
func Unit() string { return unit }

// Text is the commented daybreak.toml with everything filled in.
func (d Draft) Text() string {
	section := func(name string) []string {
		o := d.OAuth
		lines := []string{"", "[" + name + ".oauth]", "provider = " + quote(o.Provider)}
		for _, pair := range [][2]string{{"tenant", o.Tenant}, {"client_id", o.ClientID},
			{"client_secret_file", o.ClientSecretFile}, {"refresh_token_file", o.RefreshTokenFile}} {
			if pair[1] != "" {
				lines = append(lines, pair[0]+" = "+quote(pair[1]))
			}
		}
		return lines
	}
	view := struct {
		Draft
		MaxLocalPart         int
		IMAPLogin, SMTPLogin []string
		HasOAuth             bool
	}{Draft: d, MaxLocalPart: MaxLocalPart, HasOAuth: d.OAuth != nil}
	if d.OAuth != nil {
		view.IMAPLogin, view.SMTPLogin = section("imap"), section("smtp")
	}
	var b strings.Builder
	t := template.Must(template.New("daybreak.toml").Funcs(template.FuncMap{"quote": quote}).Parse(draftText))
	if err := t.Execute(&b, view); err != nil {
		panic(fmt.Sprintf("the sample configuration is broken: %v", err)) // the text is part of the program
	}
	return b.String()
}
