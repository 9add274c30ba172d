package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybreak/internal/config"
	"daybreak/internal/mailtest"
)

const ourAddress, ourPassword = "updates@team.example", "correct horse"

// mailServers are real IMAP and SMTP servers on loopback.
func mailServers(t *testing.T, change func(*mailtest.Options)) *mailtest.Server {
	t.Helper()
	o := mailtest.Options{Address: ourAddress, Password: ourPassword, TCP: true}
	if change != nil {
		change(&o)
	}
	s, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// typed runs a command line with what is typed at its input, in a directory of its own, and gives its exit code and what it said,
// with the directory and the servers' addresses made the same in every run.
func typed(t *testing.T, dir string, s *mailtest.Server, input string, args ...string) (code int, said string) {
	t.Helper()
	t.Chdir(dir)
	var out bytes.Buffer
	code = run(t.Context(), args, &App{In: strings.NewReader(input), Out: &out, Err: &out})
	said = strings.ReplaceAll(out.String(), dir, "DIR")
	if s != nil {
		said = strings.NewReplacer(s.IMAPAddr(), "IMAP", s.SMTPAddr(), "SMTP").Replace(said)
	}
	return code, said
}

func want(t *testing.T, code int, said string, wantCode int, wantSaid string) {
	t.Helper()
	if code != wantCode || said != wantSaid {
		t.Errorf("exit %d, said\n%s\nwant %d,\n%s", code, said, wantCode, wantSaid)
	}
}

func TestInitTriesTheServersAndWritesWhatWorks(t *testing.T) {
	s, dir := mailServers(t, nil), t.TempDir()
	code, said := typed(t, dir, s, ourAddress+"\n"+ourPassword+"\n", "init", "--imap", "imap://"+s.IMAPAddr(), "--smtp", "smtp://"+s.SMTPAddr())
	want(t, code, said, 0, `  imap://IMAP
  smtp://SMTP
ok: IMAP imap://IMAP as updates@team.example
ok: SMTP smtp://SMTP as updates@team.example
wrote daybreak.toml and imap.secret, readable by you alone
next: daybreak check   # sends itself a mail and waits for it
next: daybreak init --sample-team > team.toml   # then write your team into it
next: daybreak team apply team.toml
next: daybreak serve
`)
	c, err := config.Load(filepath.Join(dir, "daybreak.toml"))
	if err != nil || len(c.Warnings) > 0 || c.Address != ourAddress || c.IMAP.Addr() != s.IMAPAddr() || c.SMTP.Addr() != s.SMTPAddr() || c.SMTP.User != ourAddress {
		t.Errorf("%+v, %v", c, err)
	}
	if got, err := c.IMAP.Secret.Read(t.Context()); err != nil || got != ourPassword {
		t.Errorf("the password is %q, %v", got, err)
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if len(entries) != 2 {
		t.Errorf("wrote %v", entries)
	}

	before, _ := os.ReadFile(filepath.Join(dir, "daybreak.toml"))
	code, said = typed(t, dir, s, "", "init", "--address", "other@team.example")
	want(t, code, said, 1, `daybreak: error: daybreak.toml exists already
daybreak: hint: daybreak check   # tries it; daybreak init --force writes a new one in its place
`)
	if after, _ := os.ReadFile(filepath.Join(dir, "daybreak.toml")); !bytes.Equal(after, before) {
		t.Error("the file was changed")
	}
	code, said = typed(t, dir, s, ourPassword+"\n", "init", "--force", "--no-try", "--address", ourAddress, "--user", "someone", "--imap", "imap://"+s.IMAPAddr(), "--smtp", "smtp://127.0.0.1")
	if c, err := config.Load(filepath.Join(dir, "daybreak.toml")); code != 0 || err != nil || c.IMAP.User != "someone" || c.SMTP.User != "" {
		t.Errorf("exit %d, said\n%s\n%+v, %v", code, said, c, err)
	}
}

func TestInitWithAWrongPasswordSaysWhatToDo(t *testing.T) {
	s := mailServers(t, nil)
	const refused = `  imap://IMAP
  smtp://SMTP
IMAP imap://IMAP as updates@team.example: logging in as updates@team.example: imap: NO [AUTHENTICATIONFAILED] Authentication failed
  check user and password_file under [imap]; the password may have changed
SMTP smtp://SMTP as updates@team.example: sending through SMTP: login: 535 5.7.8 Authentication failed
  check user and the password under [smtp]; many providers want an app password made for this program
`
	servers := []string{"init", "--address", ourAddress, "--imap", "imap://" + s.IMAPAddr(), "--smtp", "smtp://" + s.SMTPAddr()}
	t.Run("and stops", func(t *testing.T) {
		dir := t.TempDir()
		code, said := typed(t, dir, s, "wrong\n", servers...)
		want(t, code, said, 1, refused+`daybreak: error: nothing was written
daybreak: hint: daybreak init --no-try   # writes without logging in
`)
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("wrote %v", entries)
		}
	})
	t.Run("and takes another", func(t *testing.T) {
		code, said := typed(t, t.TempDir(), s, "wrong\np\n"+ourPassword+"\n", servers...)
		if ok := "ok: IMAP imap://IMAP as updates@team.example\nok: SMTP"; code != 0 || !strings.HasPrefix(said, refused+ok) {
			t.Errorf("exit %d, said\n%s", code, said)
		}
	})
	t.Run("and writes anyway", func(t *testing.T) {
		dir := t.TempDir()
		code, said := typed(t, dir, s, "wrong\nw\n", servers...)
		if code != 0 || !strings.HasPrefix(said, refused+"wrote daybreak.toml") {
			t.Errorf("exit %d, said\n%s", code, said)
		}
		if secret, err := os.ReadFile(filepath.Join(dir, "imap.secret")); err != nil || string(secret) != "wrong\n" {
			t.Errorf("%q, %v", secret, err)
		}
	})
}

func TestInitSaysWhatIsMissingOrWrong(t *testing.T) {
	for _, c := range []struct {
		name, input string
		args        []string
		code        int
		want        string
	}{
		{"no address", "", nil, 1, "daybreak: error: no address\ndaybreak: hint: daybreak init --address updates@example.com\n"},
		{"an address that is none", "updates\n", nil, 1, "daybreak: error: \"updates\" is not an email address\ndaybreak: hint: write it as name@example.com\n"},
		{"an address that is too long", "", []string{"--address", "a-very-long-local-part@gmail.com"}, 1,
			"daybreak: error: the part before the @ of \"a-very-long-local-part@gmail.com\" has 22 characters; at most 18 leave room for the reply address\n" +
				"daybreak: hint: use a shorter address of the same mailbox, such as updates@gmail.com\n"},
		{"plain to another machine", "", []string{"--address", ourAddress, "--imap", "imap://mail.example.com", "--smtp", "smtps://mail.example.com"}, 1,
			"daybreak: error: imap:// would send mail and password unprotected to mail.example.com; it is for this machine only\n" +
				"daybreak: hint: write imaps://mail.example.com or imap+starttls://mail.example.com\n"},
		{"no password", "\n", []string{"--address", "updates@runbox.com"}, 1,
			"looking for the servers of updates@runbox.com …\nfound: Runbox\n  imaps://mail.runbox.com:993\n  smtps://mail.runbox.com:465\n" +
				"daybreak: error: no password\ndaybreak: hint: daybreak init < FILE   # with the password on the last line\n"},
		{"two things to print", "", []string{"--sample", "--unit"}, 2, "daybreak: error: only one thing can be printed at a time\ndaybreak: hint: daybreak init --sample\n"},
		{"two places", "", []string{"--dir", "a", "--config", "b"}, 2, "daybreak: error: --config and --dir both say where to write\ndaybreak: hint: daybreak init --dir DIRECTORY\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			code, said := typed(t, dir, nil, c.input, append([]string{"init"}, c.args...)...)
			want(t, code, said, c.code, c.want)
			if entries, _ := os.ReadDir(dir); len(entries) > 0 {
				t.Errorf("wrote %v", entries)
			}
		})
	}
}

func TestInitPrintsItsSamples(t *testing.T) {
	for flag, text := range map[string]string{"--sample": config.Sample(), "--sample-team": config.SampleTeam(), "--unit": config.Unit()} {
		code, said := typed(t, t.TempDir(), nil, "", "init", flag)
		want(t, code, said, 0, text)
	}
}

func TestInitWritesToADirectoryAndSpacesAnAppPasswordRight(t *testing.T) {
	dir := t.TempDir()
	code, said := typed(t, dir, nil, "abcd efgh ijkl mnop\r\n", "init", "--no-try", "--dir", "sub/dir", "--address", "someone@gmail.com")
	want(t, code, said, 0, `looking for the servers of someone@gmail.com …
found: Gmail
  imaps://imap.gmail.com:993
  smtps://smtp.gmail.com:465
note: Gmail: it takes an app password, not the one you sign in with: turn on 2-step verification and make one at https://myaccount.google.com/apppasswords
wrote sub/dir/daybreak.toml and sub/dir/imap.secret, readable by you alone
next: daybreak --config sub/dir/daybreak.toml check   # sends itself a mail and waits for it
next: daybreak init --sample-team > team.toml   # then write your team into it
next: daybreak --config sub/dir/daybreak.toml team apply team.toml
next: daybreak --config sub/dir/daybreak.toml serve
`)
	if secret, err := os.ReadFile(filepath.Join(dir, "sub/dir/imap.secret")); err != nil || string(secret) != "abcdefghijklmnop\n" {
		t.Errorf("%q, %v", secret, err)
	}
}

func TestInitAsksForServersThatNobodyAnnounces(t *testing.T) {
	var out bytes.Buffer
	dir := t.TempDir()
	app := &App{Out: &out, Err: &out, In: strings.NewReader("imap.team.example\nsmtp+starttls://smtp.team.example\nsecret\n")}
	i := &initializer{app: app, dns: nameServer(t), preset: config.OAuthPresetOf, ask: &dialog{in: app.In, out: app.Err},
		dir: dir, address: ourAddress, noTry: true}
	if err := i.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	c, err := config.Load(filepath.Join(dir, "daybreak.toml"))
	if err != nil || c.IMAP.Server.String() != "imaps://imap.team.example:993 as updates@team.example" || c.SMTP.Server.String() != "smtp+starttls://smtp.team.example:587 as updates@team.example" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestInitSignsInByDeviceCodeWhereNoPasswordIsTaken(t *testing.T) {
	polls := 0
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.FormValue("client_id") != "app-id" || !strings.HasPrefix(r.URL.Path, "/tenant-id/"):
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"no such application"}`)
		case r.URL.Path == "/tenant-id/device":
			fmt.Fprint(w, `{"device_code":"dev","user_code":"ABCD-EFGH","verification_uri":"https://login.example/device","expires_in":600,"interval":1}`)
		case polls == 0:
			polls++
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"authorization_pending"}`)
		default:
			fmt.Fprint(w, `{"access_token":"access-token","refresh_token":"refresh-token","token_type":"Bearer","expires_in":3600}`)
		}
	}))
	defer provider.Close()
	s := mailServers(t, func(o *mailtest.Options) { o.Token = "access-token" })
	for _, c := range []struct{ id, want string }{
		{"app-id", "open https://login.example/device in a browser, sign in as updates@team.example and type the code ABCD-EFGH\nsigned in\n"},
		{"other", ""},
	} {
		var out bytes.Buffer
		dir := t.TempDir()
		app := &App{Out: &out, Err: &out, In: strings.NewReader(c.id + "\ntenant-id\n")}
		i := &initializer{app: app, ask: &dialog{in: app.In, out: app.Err}, dir: dir,
			preset: func(string) (config.OAuthPreset, bool) {
				return config.OAuthPreset{TokenURL: provider.URL + "/TENANT/token", DeviceURL: provider.URL + "/TENANT/device", IMAPScopes: []string{"imap"}}, true
			}}
		i.file, i.draft = filepath.Join(dir, "daybreak.toml"), config.SampleDraft()
		i.draft.Address, i.draft.IMAPUser, i.draft.SMTPUser = ourAddress, ourAddress, ourAddress
		i.draft.IMAP, i.draft.SMTP = "imap://"+s.IMAPAddr(), "smtp://"+s.SMTPAddr()
		err := i.authorize(t.Context(), "microsoft")
		if c.want == "" {
			if err == nil || err.Error() != "asking for a code: invalid_client: no such application" {
				t.Errorf("got %v", err)
			}
			continue
		}
		if err == nil {
			err = i.try(t.Context())
		}
		if err == nil {
			err = i.write()
		}
		if err != nil || !strings.Contains(out.String(), c.want) || !strings.Contains(out.String(), "ok: IMAP") || !strings.Contains(out.String(), "ok: SMTP") {
			t.Errorf("%v, said\n%s", err, out.String())
		}
		if token, err := os.ReadFile(filepath.Join(dir, "refresh.token")); err != nil || string(token) != "refresh-token\n" {
			t.Errorf("%q, %v", token, err)
		}
		if conf, err := config.Load(i.file); err != nil || conf.IMAP.Token == nil || conf.SMTP.Token == nil {
			t.Errorf("%+v, %v", conf, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "imap.secret")); !os.IsNotExist(err) {
			t.Errorf("there is a password's file: %v", err)
		}
	}
}

func TestInitLeavesNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	i := &initializer{app: &App{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, file: filepath.Join(dir, "daybreak.toml"), draft: config.SampleDraft(), secret: "x"}
	if err := os.Mkdir(i.file, 0o700); err != nil { // in the way
		t.Fatal(err)
	}
	if err := i.write(); err == nil {
		t.Error("nothing went wrong")
	}
	var left []string
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, path)
		}
		return nil
	})
	if len(left) > 0 {
		t.Errorf("there is %v", left)
	}
}

func TestAskingEndsWithTheContext(t *testing.T) {
	in, out := io.Pipe() // nobody ever types
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	code := run(ctx, []string{"init", "--dir", t.TempDir()}, &App{In: in, Out: &said, Err: &said})
	want(t, code, said.String(), 1, "daybreak: error: stopped; nothing was written\n")
}
