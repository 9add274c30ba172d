package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const signing = "[dkim]\nselector = \"daybreak\"\nkey_file = \"dkim-daybreak.key\"\n"

func made(t *testing.T, key crypto.Signer, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	text, err := FormatKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestASigningKeyIsReadOrWhatIsWrongWithItIsSaid(t *testing.T) {
	_, small, err := ed25519.GenerateKey(rand.Reader)
	ed := made(t, small, err)
	large, err := rsa.GenerateKey(rand.Reader, DKIMBits)
	rsaKey := made(t, large, err)
	other := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(large)})
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	shortKey := made(t, short, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	curveKey := made(t, curve, err)
	const remedy = "; make a new one: daybreak dkim init --selector NAME"
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"rsa", rsaKey, 0o600, ""},
		{"rsa of another program", string(other), 0o400, ""},
		{"ed25519, for a group", ed, 0o640, ""},
		{"for everyone", ed, 0o644, "every user of this machine can get at it; chmod 600 DIR/dkim-daybreak.key"},
		{"short", shortKey, 0o600, "its key has 1024 bits, which is too few; 2048 are wanted" + remedy},
		{"of another sort", curveKey, 0o600, "its key is neither of RSA nor of Ed25519" + remedy},
		{"empty", "", 0o600, "it is no key in PEM" + remedy},
		{"cut", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o600, "its private key is damaged" + remedy},
		{"certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o600, "it has a certificate and no private key" + remedy},
		{"not there", "", 0, "no such file or directory" + remedy},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "dkim-daybreak.key")
		if c.mode != 0 {
			write(t, path, c.text, c.mode)
			if err := os.Chmod(path, c.mode); err != nil { // whatever the umask is
				t.Fatal(err)
			}
		}
		conf, err := Parse([]byte(good+signing), filepath.Join(dir, "daybreak.toml"))
		if err != nil {
			t.Fatal(err)
		}
		if conf.DKIM.Selector != "daybreak" || conf.DKIM.Domain != "example.com" {
			t.Errorf("%s: %+v", c.name, conf.DKIM)
		}
		key, err := conf.DKIM.Key()
		said := strings.ReplaceAll(fmt.Sprint(err), dir, "DIR")
		switch {
		case c.want == "" && (err != nil || key == nil):
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && said != "DIR/daybreak.toml:16: reading key_file DIR/dkim-daybreak.key: "+c.want:
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, said, c.want)
		}
	}
}

func TestAKeyThatTheUnitDoesNotHandOverSaysSo(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	conf, err := Parse([]byte(good+signing), filepath.Join(dir, "daybreak.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conf.DKIM.Key(); !strings.Contains(fmt.Sprint(err), "add LoadCredential=dkim-daybreak.key:/etc/daybreak/dkim-daybreak.key to the unit") {
		t.Error(err)
	}
}
