package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// DKIM says with which key outgoing mail is signed. Like a Secret it holds no key itself.
type DKIM struct {
	Selector string // "": mail is not signed
	Domain   string // of the address unless said
	KeyFile  string

	where Problem // file and line of key_file
}

// DKIMBits is how long an RSA key must be: shorter ones are not trusted for long any more, longer ones do not fit every DNS (RFC 8301).
const DKIMBits = 2048

// Key reads the private key. Its error is a Problem that names the line of the configuration and the remedy.
func (d DKIM) Key() (crypto.Signer, error) {
	key, hint, err := d.read()
	if err != nil {
		p := d.where
		p.Text, p.Hint, p.cause = fmt.Sprintf("reading key_file %s: %v", d.KeyFile, plain(err)), hint, err
		return nil, p
	}
	return key, nil
}

func (d DKIM) read() (key crypto.Signer, hint string, err error) {
	hint = "make a new one: daybreak dkim init --selector NAME"
	info, err := os.Stat(d.KeyFile)
	if err != nil {
		if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && filepath.Dir(d.KeyFile) == dir {
			name := filepath.Base(d.KeyFile)
			hint = fmt.Sprintf("add LoadCredential=%s:/etc/daybreak/%s to the unit", name, name)
		}
		return nil, hint, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, "chmod 600 " + d.KeyFile, errors.New("every user of this machine can get at it")
	}
	data, err := os.ReadFile(d.KeyFile)
	if err != nil {
		return nil, "ls -l " + d.KeyFile + "   # shows who may read it; run daybreak as one of them", err
	}
	key, err = parseKey(data)
	return key, hint, err
}

// parseKey reads a private key in PEM, PKCS #8 or, as other programs write one of RSA, PKCS #1.
func parseKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("it is no key in PEM")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("it has a %s and no private key", strings.ToLower(block.Type))
	}
	if err != nil {
		return nil, errors.New("its private key is damaged") // the library's words could show some of it
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return key, nil
	case *rsa.PrivateKey:
		if n := key.N.BitLen(); n < DKIMBits {
			return nil, fmt.Errorf("its key has %d bits, which is too few; %d are wanted", n, DKIMBits)
		}
		return key, nil
	}
	return nil, errors.New("its key is neither of RSA nor of Ed25519")
}

// FormatKey writes a private key as Key reads it.
func FormatKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

var selector = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// CheckSelector tells what is wrong with the name of a key in the DNS, "" if nothing.
func CheckSelector(name string) string {
	if !selector.MatchString(name) || len(name) > 63 {
		return fmt.Sprintf("%q is not a selector: it has small letters, digits, dashes and dots, 63 at most", name)
	}
	return ""
}

func (c *Config) readDKIM(top *table) {
	t := top.table("dkim")
	if t == nil {
		return
	}
	defer t.close()
	const remedy = "daybreak dkim init makes a key and says what to write"
	name, ok := t.text("selector", "daybreak")
	if wrong := CheckSelector(name); ok && wrong != "" {
		t.wrong("selector", remedy, "%s", wrong)
	} else if !t.has("selector") {
		t.missing(t.line("selector"), "selector", remedy, "[dkim] has no selector")
	}
	path, hasPath := c.path(t, "key_file", "dkim-daybreak.key")
	if !t.has("key_file") {
		t.missing(t.line("key_file"), "key_file", remedy, "[dkim] has no key_file")
	}
	_, domain, _ := strings.Cut(c.Address, "@")
	if own, ok := t.text("domain", domain); ok {
		if own = strings.ToLower(own); own != domain && (!strings.HasSuffix(domain, "."+own) || !strings.Contains(own, ".")) {
			t.wrong("domain", fmt.Sprintf("write %q, or leave it out", domain), "a signature of %s says nothing of mail from %s", own, c.Address)
		}
		domain = own
	}
	if ok && hasPath {
		c.DKIM = DKIM{Selector: name, Domain: domain, KeyFile: path, where: Problem{File: t.doc.file, Line: t.line("key_file")}}
	}
}
