package config

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSampleIsAsShownAndMeansTheSame(t *testing.T) {
	want, err := os.ReadFile("testdata/sample.want")
	if err != nil {
		t.Fatal(err)
	}
	if Sample() != string(want) {
		t.Errorf("the sample is now\n%s", Sample())
	}
	got, err := Parse([]byte(Sample()), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	same, err := Parse([]byte(good), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	got.IMAP.Secret, got.SMTP.Secret, same.IMAP.Secret, same.SMTP.Secret = Secret{}, Secret{}, Secret{}, Secret{}
	if got.LogValue().String() != same.LogValue().String() {
		t.Errorf("it means\n%v\nnot\n%v", got.LogValue(), same.LogValue())
	}
}

func TestEverythingCommentedOutInTheSampleIsRight(t *testing.T) {
	const password = "password_file = \"imap.secret\"\n# folder"
	for _, c := range []struct{ shown, old, new string }{
		{`# folder = "INBOX"`, `# folder`, `folder`},
		{`# sent_folder = "Sent"`, `# sent_folder`, `sent_folder`},
		{`# junk = "Junk"`, `# junk`, `junk`},
		{`folders = ["INBOX", "Team"]`, `# folders`, `folders`},
		{`# pace = "10/s"`, `# pace`, `pace`},
		{`# [dkim]`, "# [dkim]\n# selector = \"daybreak\"\n# key_file", "[dkim]\nselector = \"daybreak\"\nkey_file"},
		{`password_env = "DAYBREAK_PASSWORD"`, password, `password_env = "DAYBREAK_PASSWORD"` + "\n# folder"},
		{`password_command = "pass show daybreak"`, password, `password_command = "pass show daybreak"` + "\n# folder"},
		{`password_credential = "imap.secret"`, password, `password_credential = "imap.secret"` + "\n# folder"},
	} {
		if !strings.Contains(Sample(), c.shown) {
			t.Errorf("the sample does not show %s", c.shown)
		}
		if _, err := Parse([]byte(strings.Replace(Sample(), c.old, c.new, 1)), "daybreak.toml"); err != nil {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	const further = "# [[imap]]\n# url = \"imaps://imap.old.example:993\"\n# user = \"updates@old.example\"\n# password_file"
	several := strings.Replace(Sample(), further, strings.ReplaceAll(further, "# ", ""), 1)
	if c, err := Parse([]byte(strings.Replace(several, "\n[imap]", "\n[[imap]]", 1)), "daybreak.toml"); err != nil || len(c.More) != 1 || c.More[0].User != "updates@old.example" {
		t.Errorf("with a further account it is %v, %v", c, err)
	}
	team := SampleTeam()
	for _, line := range []string{"working_days =", "working_hours =", "prompt =", "digest =", "zone =", "reminder ="} {
		if !strings.Contains(team, "# "+line) {
			t.Errorf("the sample team does not show %q", line)
		}
		team = strings.Replace(team, "# "+line, line, 1)
	}
	if r, err := ParseRoster([]byte(team), "team.toml"); err != nil || len(r.Teams[0].Members) != 2 || r.Teams[0].Team.CheckIns[0].Reminder {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestADraftWithTokensIsRead(t *testing.T) {
	d := SampleDraft()
	d.Pace, d.SMTPUser = "25/min", "a\"b\\c@example.com"
	d.OAuth = &DraftOAuth{Provider: "microsoft", Tenant: "example.com", ClientID: "app", RefreshTokenFile: "refresh.token"}
	c, err := Parse([]byte(d.Text()), "daybreak.toml")
	if err != nil {
		t.Fatal(err)
	}
	if c.IMAP.Token == nil || c.SMTP.Token == nil || c.SMTP.Pace.String() != "25/min" || c.SMTP.User != d.SMTPUser {
		t.Errorf("%+v", c)
	}
	d = SampleDraft()
	d.SMTP, d.SMTPUser = "smtp://127.0.0.1:25", ""
	if c, err = Parse([]byte(d.Text()), "daybreak.toml"); err != nil || c.SMTP.User != "" || !c.SMTP.Secret.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestTheUnitMayDoNoMoreThanItMust(t *testing.T) {
	for _, line := range []string{"Type=notify", "WatchdogSec=", "DynamicUser=yes", "StateDirectory=daybreak", "LoadCredential=imap.secret:/etc/daybreak/imap.secret",
		"ProtectSystem=strict", "ProtectHome=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "SystemCallFilter=@system-service", "Restart=on-failure"} {
		if !strings.Contains(Unit(), "\n"+line) {
			t.Errorf("the unit has no %s", line)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	file := filepath.Join(t.TempDir(), "daybreak.service")
	write(t, file, strings.Replace(Unit(), "/usr/local/bin/daybreak", "/bin/true", 1), 0o600)
	if out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
