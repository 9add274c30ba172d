package config

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withPassword is a configuration in a new directory whose IMAP password is where the given line says.
func withPassword(t *testing.T, line string) (c *Config, dir string) {
	t.Helper()
	dir = t.TempDir()
	text := strings.Replace(good, `password_file = "imap.secret"`+"\n[smtp]", line+"\n[smtp]", 1)
	c, err := Parse([]byte(text), filepath.Join(dir, "daybreak.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestASecretIsReadFromWhereItIsSaidToBe(t *testing.T) {
	t.Setenv("DAYBREAK_TEST_SECRET", "from the environment")
	credentials := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	write(t, filepath.Join(credentials, "mailbox"), "from systemd\n", 0o400)
	write(t, filepath.Join(credentials, "imap.secret"), "from systemd unasked", 0o400)
	for _, c := range []struct{ line, file, want string }{
		{`password_file = "imap.secret"`, "from a file\n", "from a file"},
		{`password_file = "imap.secret"`, " spaces stay \r\n", " spaces stay "},
		{`password_env = "DAYBREAK_TEST_SECRET"`, "", "from the environment"},
		{`password_command = "echo from a command; echo more"`, "", "from a command"},
		{`password_command = ["printf", "%s|", "a b", "$HOME"]`, "", "a b|$HOME|"},
		{`password_command = "cat imap.secret"`, "beside the configuration", "beside the configuration"},
		{`password_credential = "mailbox"`, "", "from systemd"},
		{``, "", "from systemd unasked"},
	} {
		conf, dir := withPassword(t, c.line)
		write(t, filepath.Join(dir, "imap.secret"), c.file, 0o600)
		if got, err := conf.IMAP.Secret.Read(context.Background()); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.line, got, err, c.want)
		}
	}
}

func TestAChangedSecretCountsAtOnce(t *testing.T) {
	conf, dir := withPassword(t, `password_file = "imap.secret"`)
	for _, want := range []string{"first", "second"} {
		write(t, filepath.Join(dir, "imap.secret"), want+"\n", 0o600)
		if got, err := conf.IMAP.Secret.Read(context.Background()); got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}

func TestASecretThatCannotBeReadSaysWhereAndWhatToDo(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	for _, c := range []struct{ line, file, want string }{
		{`password_file = "none"`, "", `DIR/daybreak.toml:5: reading password_file DIR/none: no such file or directory; put the secret into DIR/none on one line, readable by the user that daybreak runs as`},
		{`password_file = "imap.secret"`, "\n", `DIR/daybreak.toml:5: reading password_file DIR/imap.secret: it is empty; put the secret into DIR/imap.secret on one line, readable by the user that daybreak runs as`},
		{`password_file = "imap.secret"`, "hunter2\nhunter3\n", `DIR/daybreak.toml:5: reading password_file DIR/imap.secret: it has more than one line; put the secret into DIR/imap.secret on one line, readable by the user that daybreak runs as`},
		{`password_env = "DAYBREAK_NO_SUCH"`, "", `DIR/daybreak.toml:5: reading the environment variable DAYBREAK_NO_SUCH: it is not set; export DAYBREAK_NO_SUCH=…   # or name a file with password_file`},
		{`password_command = "echo hunter2; echo locked >&2; exit 3"`, "", `DIR/daybreak.toml:5: reading the output of password_command: exit status 3: "locked"; run the command by hand, as the user that daybreak runs as`},
		{`password_credential = "mailbox"`, "", `DIR/daybreak.toml:5: reading the systemd credential mailbox: CREDENTIALS_DIRECTORY is not set: not started by systemd; add LoadCredential=mailbox:/etc/daybreak/mailbox to the unit`},
	} {
		conf, dir := withPassword(t, c.line)
		write(t, filepath.Join(dir, "imap.secret"), c.file, 0o600)
		got, err := conf.IMAP.Secret.Read(context.Background())
		if said := strings.ReplaceAll(fmt.Sprint(err), dir, "DIR"); got != "" || said != c.want {
			t.Errorf("%s: got %q and\n%s\nwant\n%s", c.line, got, said, c.want)
		}
		if strings.Contains(fmt.Sprint(err), "hunter") {
			t.Errorf("%s: the error shows the secret", c.line)
		}
	}
}

func TestPrintingAConfigurationShowsNoSecret(t *testing.T) {
	t.Setenv("DAYBREAK_TEST_SECRET", "hunter2")
	for _, line := range []string{`password_file = "imap.secret"`, `password_env = "DAYBREAK_TEST_SECRET"`, `password_command = "echo hunter2"`} {
		conf, dir := withPassword(t, line)
		write(t, filepath.Join(dir, "imap.secret"), "hunter2", 0o600)
		if _, err := conf.IMAP.Secret.Read(context.Background()); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("loaded", "config", conf, "imap", conf.IMAP, "secret", conf.IMAP.Secret)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("loaded", "config", conf, "imap", conf.IMAP, "secret", conf.IMAP.Secret)
		text := fmt.Sprintf("%v %+v %#v %s %#v", conf, conf, conf, conf.IMAP.Secret, conf.IMAP.Secret) + log.String()
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", line, text)
		}
		if !strings.Contains(log.String(), "updates@example.com") {
			t.Errorf("the log says nothing: %s", log.String())
		}
	}
}

func TestASecretThatEverybodyCanReadIsWarnedAbout(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "imap.secret")
	for mode, want := range map[os.FileMode]int{0o600: 0, 0o640: 0, 0o644: 2} {
		write(t, secret, "hunter2", 0o600)
		if err := os.Chmod(secret, mode); err != nil {
			t.Fatal(err)
		}
		conf, err := Parse([]byte(good), filepath.Join(dir, "daybreak.toml"))
		if err != nil || len(conf.Warnings) != want {
			t.Errorf("mode %o: %v, %v", mode, conf.Warnings, err)
		}
		for _, w := range conf.Warnings {
			if want := ": " + secret + " can be read by every user of this machine; chmod 600 " + secret; !strings.HasSuffix(w.Error(), want) {
				t.Errorf("got %q, want %q", w.Error(), want)
			}
		}
	}
}
