package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// signing makes a key as people do, does with the configuration what the command says, and gives the record that it wants published.
func signing(t *testing.T, dir string, args ...string) (name, record string) {
	t.Helper()
	code, said := typed(t, dir, nil, "", append([]string{"dkim", "init"}, args...)...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, said)
	}
	found := regexp.MustCompile(`\n  name   (\S+)\n  value  (.+)\nor`).FindStringSubmatch(said)
	lines := regexp.MustCompile(`\n  (\[dkim\])\n  (selector = .+)\n  (key_file = .+)\n`).FindStringSubmatch(said)
	if found == nil || lines == nil {
		t.Fatalf("it said\n%s", said)
	}
	inZone := regexp.MustCompile(`(\S+)\. IN TXT (".+")\n`).FindStringSubmatch(said)
	var joined string
	for _, piece := range strings.Split(strings.Trim(inZone[2], `"`), `" "`) {
		if len(piece) > 255 {
			t.Errorf("a string of the record has %d characters", len(piece))
		}
		joined += piece
	}
	if inZone[1] != found[1] || joined != found[2] {
		t.Errorf("the line of the zone file says otherwise:\n%s", said)
	}
	addLines(t, dir, strings.Join(lines[1:], "\n"))
	return found[1], found[2]
}

// addLines adds lines to the configuration.
func addLines(t *testing.T, dir, lines string) {
	t.Helper()
	file := filepath.Join(dir, "daybreak.toml")
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append(text, "\n"+lines+"\n"...), 0o600))
}

func TestMailIsSignedAndArrivesSo(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		for _, to := range []string{"go-smtp", "smtp-sink"} {
			t.Run(kind+" "+to, func(t *testing.T) {
				s := mailServers(t, nil)
				dir := configured(t, s, nil)
				name, record := signing(t, dir, "--type", kind)
				c, err := config.Load(filepath.Join(dir, "daybreak.toml"))
				must(t, err)
				db, err := store.Open(t.Context(), store.Options{Path: c.Database})
				must(t, err)
				defer db.Close()
				composer, err := newComposer(t.Context(), c.Address, c.HTTP.PublicURL, db)
				must(t, err)
				composer.DKIM, err = signatures(c)
				must(t, err)
				turn := team.Turn{Person: team.Person{Member: team.Member{ID: 1, Name: "Åsa", Addresses: []string{"asa@example.com"}, Rule: team.Rule{Zone: "Europe/Stockholm"}}},
					Team: team.Team{ID: 1, Slug: "a", Name: "Ägg & bröd"}, Slot: team.Slot{Day: team.DateOf(time.Now())}, Plan: []string{".", "..\n.\n From here", "från", strings.Repeat("w ", 300)}}
				m, err := composer.Prompt(turn, time.Now())
				must(t, err)
				server := submission(c)
				var sink *mailtest.Sink
				if to == "smtp-sink" {
					sink = mailtest.SMTPSink(t, "-dump")
					server = &outbox.Server{Addr: sink.Addr, Security: outbox.Plain}
				}
				conn, err := server.Connect(t.Context())
				must(t, err)
				r := conn.Send(t.Context(), m, func() error { return nil })
				conn.Close()
				if r.Verdict != outbox.Accepted {
					t.Fatal(r.Line)
				}
				var raw []byte
				if sink != nil {
					raw = bytes.ReplaceAll(sink.Mails()[0].Raw, []byte("\n"), []byte("\r\n"))
				} else {
					raw = s.Deliveries()[0].Raw
				}
				list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(asked string) ([]string, error) {
					if asked != name {
						t.Errorf("the record is looked for at %q, not at %q", asked, name)
					}
					return []string{record}, nil
				}})
				if err != nil || len(list) != 1 || list[0].Err != nil || list[0].Domain != "team.example" {
					t.Errorf("%+v, %v", list, err)
				}
			})
		}
	}
}

func TestDKIMInitWritesAKeyForItsOwnerAloneAndNeverOverOne(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	signing(t, dir)
	file := filepath.Join(dir, "dkim-daybreak.key")
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	before, err := os.ReadFile(file)
	must(t, err)
	for line, wantSaid := range map[string]string{
		"":                      "daybreak: error: dkim-daybreak.key exists already\ndaybreak: hint: daybreak dkim init --selector daybreak2   # makes another beside it\n",
		"--type dsa":            "daybreak: error: there is no key of the type \"dsa\"\ndaybreak: hint: daybreak dkim init --type rsa   # or ed25519\n",
		"--selector ../a":       "daybreak: error: \"../a\" is not a selector: it has small letters, digits, dashes and dots, 63 at most\ndaybreak: hint: daybreak dkim init --selector daybreak2\n",
		"--selector next extra": "daybreak: error: dkim init takes no \"extra\"\ndaybreak: hint: daybreak dkim init --help\n",
	} {
		code, said := typed(t, dir, nil, "", append([]string{"dkim", "init"}, strings.Fields(line)...)...)
		if code == 0 || said != wantSaid {
			t.Errorf("%q: exit %d, said\n%s\nwant\n%s", line, code, said, wantSaid)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key has changed: %v", err)
	}
	code, said := typed(t, dir, nil, "", "dkim", "init", "--selector", "next", "--type", "ed25519")
	if code != 0 || !strings.Contains(said, "in place of what [dkim] says now") || !strings.Contains(said, "next._domainkey.team.example") {
		t.Errorf("exit %d, said\n%s", code, said)
	}
}

func TestCheckLooksTheRecordUp(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	name, record := signing(t, dir, "--type", "ed25519")
	dkimLines := func(lookup func(context.Context, string) ([]string, error)) string {
		t.Helper()
		var out bytes.Buffer
		app := &App{Out: &out, Err: &out, LookupTXT: lookup}
		run(t.Context(), []string{"check", "--config", filepath.Join(dir, "daybreak.toml")}, app)
		var lines []string
		within := false
		for line := range strings.Lines(out.String()) {
			if within = line[6:10] == "dkim" || within && strings.HasPrefix(line, "      "); within {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "")
	}
	answer := func(txt ...string) func(context.Context, string) ([]string, error) {
		return func(_ context.Context, asked string) ([]string, error) {
			if asked != name {
				t.Errorf("%q is looked up, not %q", asked, name)
			}
			return txt, nil
		}
	}
	fails := func(err error) func(context.Context, string) ([]string, error) {
		return func(context.Context, string) ([]string, error) { return nil, err }
	}
	const indent = "\n                "
	publish := indent + "→ publish a TXT record " + name + " with the value" + indent + record + "\n"
	const fits = "ok    dkim      mail is signed by team.example; the record daybreak._domainkey.team.example fits\n"
	const came = "ok    dkim      the probe came as it was signed\n"
	_, foreign := signing(t, configured(t, s, nil))
	for _, c := range []struct {
		what   string
		lookup func(context.Context, string) ([]string, error)
		want   string
	}{
		{"it fits", answer(record), fits},
		{"a trial", answer(record + "; t=y"), fits + "warn  dkim      the record says t=y, a trial: many take the mail for unsigned; publish it without\n"},
		{"of another key", answer(foreign), "FAIL  dkim      the TXT record " + name + " does not fit the key: inappropriate key algorithm" + publish},
		{"two", answer(record, foreign), "FAIL  dkim      there are 2 TXT records " + name + ", of which nobody can tell the right one" + indent + "→ leave only the one with the value" + indent + record + "\n"},
		{"not there", fails(&net.DNSError{Err: "no such host", IsNotFound: true}),
			"FAIL  dkim      the DNS has no TXT record " + name + "; until it does, others take the signatures for broken" + publish},
		{"no answer", fails(errors.New("i/o timeout")),
			"FAIL  dkim      looking up " + name + ": i/o timeout" + indent + "→ try again in a minute, or on another machine: dig TXT " + name + "\n"},
	} {
		if got := dkimLines(c.lookup); got != c.want+came {
			t.Errorf("%s: said\n%s\nwant\n%s", c.what, got, c.want+came)
		}
	}
	must(t, os.Chmod(filepath.Join(dir, "dkim-daybreak.key"), 0o644))
	if got := dkimLines(answer(record)); !strings.HasPrefix(got, "FAIL  dkim ") || !strings.Contains(got, "chmod 600") {
		t.Errorf("said\n%s", got)
	}
}
