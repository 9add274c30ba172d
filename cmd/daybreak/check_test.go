package main

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"daybreak/internal/config"
	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/mime"
)

// configured writes a configuration for the servers, with the mail going out through another server if that is not nil.
func configured(t *testing.T, s, out *mailtest.Server) (dir string) {
	t.Helper()
	dir = t.TempDir()
	d := config.SampleDraft()
	d.Address, d.IMAPUser, d.SMTPUser = ourAddress, ourAddress, ourAddress
	d.IMAP, d.SMTP = "imap://"+s.IMAPAddr(), "smtp://"+s.SMTPAddr()
	if out != nil {
		d.SMTP, d.SMTPUser = "smtp://"+out.SMTPAddr(), ""
	}
	for name, text := range map[string]string{"daybreak.toml": d.Text(), "imap.secret": ourPassword + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checked runs the check and makes what differs between runs the same.
func checked(t *testing.T, dir string, s *mailtest.Server, args ...string) (int, string) {
	t.Helper()
	code, said := typed(t, dir, s, "", append([]string{"check"}, args...)...)
	for pattern, same := range map[string]string{
		`zone data .*`:                "ZONE DATA",
		`probe-[a-z2-7]{16}`:          "probe-MARK",
		`daybreak check [a-z2-7]{16}`: "daybreak check MARK",
		`after [0-9.]+m?s\n`:          "after TIME\n",
	} {
		said = regexp.MustCompile(pattern).ReplaceAllString(said, same)
	}
	return code, said
}

const begins = `ok    config    daybreak.toml: mail to and from updates@team.example
ok    database  daybreak.db is not there yet; the first start makes it
ok    zones     ZONE DATA
`

func loggedIn(smtp string) string {
	return `ok    imap      imap://IMAP as updates@team.example, folder INBOX: IDLE UIDPLUS MOVE
ok    smtp      ` + smtp + `, pace 10/s: 8BITMIME CHUNKING ENHANCEDSTATUSCODES PIPELINING SIZE SMTPUTF8
`
}

func TestCheckOfWhatWorks(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	code, said := checked(t, dir, s)
	want(t, code, said, 0, begins+loggedIn("smtp://SMTP as updates@team.example")+
		`ok    probe     to updates+probe-MARK@team.example arrived after TIME
warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = "mx.team.example"
ok    clock     agrees with that of mx.team.example
`)
	if _, err := os.Stat(filepath.Join(dir, "daybreak.db")); !os.IsNotExist(err) {
		t.Errorf("a database was made: %v", err)
	}
	sent := s.Deliveries()
	if len(sent) != 1 {
		t.Fatalf("%d mails were sent", len(sent))
	}
	if outcome, why := mailin.Classify(mime.Read(sent[0].Raw), ourAddress); outcome != team.Probe {
		t.Errorf("the daemon would take the probe as %s: %s", outcome, why)
	}
}

func TestCheckLeavesTheDaemonsPlaceAlone(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "daybreak.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	roster, err := config.ParseRoster([]byte(strings.Replace(config.SampleTeam(), "diego@example.com", ourAddress, 1)), "team.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ApplyRoster(t.Context(), roster, false, time.Now()); err != nil {
		t.Fatal(err)
	}
	before := team.Cursor{Account: ourAddress + "/INBOX", Validity: s.UIDValidity(), LastUID: 0, BaselineAt: time.UnixMilli(1_700_000_000_000)}
	if err := db.Baseline(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	code, said := checked(t, dir, s)
	want(t, code, said, 0, `ok    config    daybreak.toml: mail to and from updates@team.example
ok    database  daybreak.db: whole; 2 members in 1 team
warn  database  updates@team.example is daybreak's own address and a member's: mail from it is never read
ok    zones     2 zones of the members; ZONE DATA
`+loggedIn("smtp://SMTP as updates@team.example")+`ok    probe     to updates+probe-MARK@team.example arrived after TIME
warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = "mx.team.example"
ok    clock     agrees with that of mx.team.example
`)
	after, known, err := db.Cursor(t.Context(), before.Account)
	if err != nil || !known || after.LastUID != before.LastUID || after.Validity != before.Validity {
		t.Errorf("the place is now %+v, %v", after, err)
	}
	if st, err := db.Status(t.Context(), time.Now(), 1); err != nil || len(st.Outcomes) > 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestCheckOfAWrongPassword(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	if err := os.WriteFile(filepath.Join(dir, "imap.secret"), []byte("wrong"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "imap.secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, said := checked(t, dir, s)
	want(t, code, said, 1, `ok    config    daybreak.toml: mail to and from updates@team.example
warn  config    daybreak.toml:15: imap.secret can be read by every user of this machine; chmod 600 imap.secret
warn  config    daybreak.toml:43: imap.secret can be read by every user of this machine; chmod 600 imap.secret
ok    database  daybreak.db is not there yet; the first start makes it
ok    zones     ZONE DATA
FAIL  imap      imap://IMAP as updates@team.example: logging in as updates@team.example: imap: NO [AUTHENTICATIONFAILED] Authentication failed
                → check user and password_file under [imap]; the password may have changed
FAIL  smtp      smtp://SMTP as updates@team.example: sending through SMTP: login: 535 5.7.8 Authentication failed
                → check user and the password under [smtp]; many providers want an app password made for this program
skip  probe     needs imap and smtp
skip  clock     needs the probe
daybreak: error: 2 checks failed, 2 were skipped
`)
}

func TestCheckOfServersThatAreNotThere(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	s.Close()
	code, said := checked(t, dir, s)
	want(t, code, said, 1, begins+`FAIL  imap      imap://IMAP as updates@team.example: connecting to IMAP: dial tcp IMAP: connect: connection refused
                → nothing listens there; check host and port of the url under [imap]
FAIL  smtp      smtp://SMTP as updates@team.example: connecting to SMTP: dial tcp SMTP: connect: connection refused
                → is the port open from here? try: nc -vz `+strings.Replace(s.SMTPAddr(), ":", " ", 1)+`
skip  probe     needs imap and smtp
skip  clock     needs the probe
daybreak: error: 2 checks failed, 2 were skipped
`)
}

func TestCheckOfAConfigurationWithMistakes(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	file := filepath.Join(dir, "daybreak.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.NewReplacer("\naddress = ", "\nadress = ", "smtp://", "smpt://").Replace(string(text))
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	const skipped = `skip  database  needs the configuration
skip  zones     needs the configuration
skip  imap      needs the configuration
skip  smtp      needs the configuration
skip  probe     needs the configuration
skip  clock     needs the configuration
daybreak: error: 1 check failed, 6 were skipped
`
	code, said := checked(t, dir, s)
	want(t, code, said, 1, `FAIL  config    2 mistakes
                  daybreak.toml:6: unknown key "adress" in the top of the file; did you mean "address"? (allowed: address, admin, imap, smtp, database, http, dkim)
                  daybreak.toml:41: unknown scheme "smpt"; did you mean "smtp"? (allowed: smtps, smtp+starttls, smtp)
`+skipped)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	code, said = checked(t, dir, s)
	want(t, code, said, 1, `FAIL  config    no configuration: neither daybreak.toml nor /etc/daybreak/daybreak.toml exists
                → daybreak init   # writes one; or name yours with --config FILE
`+skipped)
}

func TestCheckOfADamagedDatabase(t *testing.T) {
	s := mailServers(t, nil)
	dir := configured(t, s, nil)
	if err := os.WriteFile(filepath.Join(dir, "daybreak.db"), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := checked(t, dir, s)
	line := strings.Split(said, "\n")[1]
	if code != 1 || !strings.HasPrefix(line, "FAIL  database  ") || !strings.Contains(line, "damaged") || !strings.Contains(said, "→ systemctl stop daybreak && daybreak restore FILE") ||
		!strings.HasSuffix(said, "daybreak: error: 1 check failed\n") {
		t.Errorf("exit %d, said\n%s", code, said)
	}
}

func TestCheckOfAMailboxWithoutPlusAddresses(t *testing.T) {
	t.Run("which refuses them", func(t *testing.T) {
		s := mailServers(t, func(o *mailtest.Options) {
			o.Refuse = func(_, to string) error {
				if strings.Contains(to, "+") {
					return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "no such mailbox"}
				}
				return nil
			}
		})
		code, said := checked(t, configured(t, s, nil), s)
		want(t, code, said, 1, begins+loggedIn("smtp://SMTP as updates@team.example")+
			`FAIL  probe     sending to updates+probe-MARK@team.example: sending through SMTP: rcpt: 550 5.7.1 no such mailbox
                → switch plus addresses on for updates@team.example (Postfix: recipient_delimiter = +), or use a mailbox that has them
skip  clock     needs the probe
daybreak: error: 1 check failed, 1 was skipped
`)
	})
	t.Run("which loses them", func(t *testing.T) {
		s := mailServers(t, nil)
		out := mailServers(t, func(o *mailtest.Options) {
			o.Address, o.Password = "relay@relay.example", ""
			o.OnDelivery = func(d mailtest.Delivery) {
				if !strings.Contains(d.To, "+") {
					s.Deliver(d.Raw)
				}
			}
		})
		code, said := checked(t, configured(t, s, out), s, "--timeout", "400ms")
		want(t, code, said, 1, begins+loggedIn("smtp://"+out.SMTPAddr())+
			`FAIL  probe     mail to updates@team.example arrives, mail to updates+probe-MARK@team.example does not
                → switch plus addresses on for updates@team.example (Postfix: recipient_delimiter = +), or use a mailbox that has them
skip  clock     needs the probe
daybreak: error: 1 check failed, 1 was skipped
`)
	})
}

func TestCheckOfMailThatDoesNotArrive(t *testing.T) {
	s := mailServers(t, nil)
	out := mailServers(t, func(o *mailtest.Options) { o.Address, o.Password = "relay@relay.example", "" })
	code, said := checked(t, configured(t, s, out), s, "--timeout", "400ms")
	want(t, code, said, 1, begins+loggedIn("smtp://"+out.SMTPAddr())+
		`FAIL  probe     SMTP has taken the mail to updates+probe-MARK@team.example, but it is not in INBOX after TIME
                → look for the subject "daybreak check MARK" in the spam folder; is updates@team.example the address of this mailbox? or wait longer: daybreak check --timeout 2s
skip  clock     needs the probe
daybreak: error: 1 check failed, 1 was skipped
`)
}

func TestCheckOfAClockThatIsWrong(t *testing.T) {
	s := mailServers(t, func(o *mailtest.Options) {
		o.Now = func() time.Time { return time.Now().Add(10*time.Minute + time.Second/2) }
	})
	code, said := checked(t, configured(t, s, nil), s)
	said = strings.Replace(said, "10m1s", "10m0s", 1)
	want(t, code, said, 1, begins+loggedIn("smtp://SMTP as updates@team.example")+
		`ok    probe     to updates+probe-MARK@team.example arrived after TIME
warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = "mx.team.example"
FAIL  clock     10m0s behind that of mx.team.example
                → timedatectl set-ntp true   # then: date -u
daybreak: error: 1 check failed
`)
}

func TestTheClockIsComparedWithTheStampOfTheLastServer(t *testing.T) {
	sent := time.Date(2026, 3, 9, 8, 0, 0, 500_000_000, time.UTC)
	received := func(at time.Time) string {
		return "from a.example (a.example [192.0.2.1]) by mx.example.com (Postfix) with ESMTPS id 1 for <x@example.com>; " + at.Format(time.RFC1123Z) + " (UTC)"
	}
	for _, c := range []struct{ received, want string }{
		{received(sent), "ok    clock     agrees with that of mx.example.com\n"},
		{received(sent.Add(4 * time.Second)), "ok    clock     agrees with that of mx.example.com\n"},
		{received(sent.In(time.FixedZone("", 7*3600))), "ok    clock     agrees with that of mx.example.com\n"},
		{received(sent.Add(9 * time.Second)), "ok    clock     4s behind that of mx.example.com\n"},
		{received(sent.Add(-3 * time.Second)), "ok    clock     4s ahead of that of mx.example.com\n"},
		{received(sent.Add(-time.Minute)), "ok    clock     1m1s ahead of that of mx.example.com\nwarn  clock     set it by the network: timedatectl set-ntp true\n"},
		{received(sent.Add(-time.Hour)), "FAIL  clock     1h0m1s ahead of that of mx.example.com\n                → timedatectl set-ntp true   # then: date -u\n"},
		{"", "skip  clock     no server dated the probe\n"},
		{"from a by b", "skip  clock     no server dated the probe\n"},
		{"from a by b; yesterday", "skip  clock     no server dated the probe\n"},
	} {
		var out strings.Builder
		a := &arrival{sent: sent, came: sent.Add(5 * time.Second), incoming: incoming{header: mail.Header{"Received": {c.received, received(time.Unix(0, 0))}}}}
		(&checker{out: &out}).clock(a)
		if out.String() != c.want {
			t.Errorf("%s: said\n%swant\n%s", c.received, out.String(), c.want)
		}
	}
}

func TestCheckProposesWhoseFindingsToBelieve(t *testing.T) {
	for _, c := range []struct{ configured, stated, want string }{
		{"", "mx.example.com; spf=pass smtp.mailfrom=example.com", `warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = "mx.example.com"` + "\n"},
		{"", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=none", `warn  senders   nobody vouches for them yet, but the mailbox's server can; write under [imap]: authserv_id = "none"` + "\n"},
		{"mx.example.com", "MX.example.com 1; none", "ok    senders   what mx.example.com finds out about them is believed\n"},
		{"*.example.com", "mx2.example.com; none", "ok    senders   what *.example.com finds out about them is believed\n"},
		{"mx.example.com", "mx2.example.com; none", `warn  senders   the mailbox's server signs what it finds out about them as mx2.example.com, not as mx.example.com; write under [imap]: authserv_id = "mx2.example.com"` + "\n"},
		{"", "", ""}, {"mx.example.com", "", ""},
	} {
		var out strings.Builder
		conf := &config.Config{Address: ourAddress}
		conf.IMAP.AuthservID = c.configured
		a := &arrival{incoming: incoming{header: mail.Header{"Authentication-Results": {c.stated, "mx.elsewhere.example; none"}}}}
		(&checker{out: &out}).senders(conf, accounts(conf)[0], a)
		if out.String() != c.want {
			t.Errorf("%q, stated %q: said\n%swant\n%s", c.configured, c.stated, out.String(), c.want)
		}
	}
}

func TestTheZoneDataSaysItsVersion(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("ZONEINFO", dir)
	if err := os.MkdirAll(filepath.Join(dir, "Europe"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"Europe/Paris": "", "tzdata.zi": "# version 2026a\nR d 1916\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := zoneData(), fmt.Sprintf("zone data 2026a of %s", dir); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCheckWithoutTimeIsMisused(t *testing.T) {
	code, said := typed(t, t.TempDir(), nil, "", "check", "--timeout", "0s")
	want(t, code, said, 2, "daybreak: error: --timeout must be longer than nothing\ndaybreak: hint: daybreak check --timeout 2m\n")
}
