package digest

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM signs mails (RFC 6376; RFC 8463 for Ed25519), so that whoever gets one can tell that it is from our domain and unchanged.
type DKIM struct {
	Domain   string
	Selector string        // below it, at SELECTOR._domainkey.DOMAIN, the DNS has the public key
	Key      crypto.Signer // of RSA or Ed25519
}

// signedHeaders are the fields that a signature covers, where a mail has them. Those that others add or change on the way are not among
// them.
var signedHeaders = []string{
	"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Auto-Submitted", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Post",
}

// Sign gives a mail with its signature before it. There is one more From among the signed fields than the mail has, so that none can be
// added, and the whole body is signed. The signature says when it was made, and so differs from one time to the next.
func (d *DKIM) Sign(raw []byte) ([]byte, error) {
	signer, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: d.Key, HeaderKeys: append(present(raw), "From"),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	_, err = signer.Write(raw)
	if err = errors.Join(err, signer.Close()); err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return append([]byte(signer.Signature()), raw...), nil
}

// present gives those of the signed headers that a mail has.
func present(raw []byte) []string {
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var has []string
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		i := slices.IndexFunc(signedHeaders, func(s string) bool { return strings.EqualFold(s, string(name)) })
		if i >= 0 {
			has = append(has, signedHeaders[i])
		}
	}
	return has
}

// Name is where the DNS must have the record.
func (d *DKIM) Name() string { return d.Selector + "._domainkey." + d.Domain }

// Record is the TXT record with which others check the signatures. One of RSA is longer than the 255 characters of one string of a record.
func (d *DKIM) Record() (string, error) {
	switch key := d.Key.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key), nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), err
	}
	return "", fmt.Errorf("a key of the type %T signs no mail", d.Key)
}

// Check tells whether others can check the signatures with what the DNS has: it signs a mail and looks at it as they do.
func (d *DKIM) Check(lookupTXT func(name string) ([]string, error)) error {
	mail, err := d.Sign([]byte("From: <updates@" + d.Domain + ">\r\n\r\nTo be checked.\r\n"))
	if err != nil {
		return err
	}
	return d.verify(mail, lookupTXT)
}

// Holds tells whether the signature on a mail that arrived holds with the key, whatever the DNS has.
func (d *DKIM) Holds(mail []byte) error {
	record, err := d.Record()
	if err != nil {
		return err
	}
	return d.verify(mail, func(name string) ([]string, error) {
		if name != d.Name() {
			return nil, errors.New("it is of another key")
		}
		return []string{record}, nil
	})
}

// verify looks for a signature of ours that holds. There may be others, of servers that the mail passed.
func (d *DKIM) verify(mail []byte, lookupTXT func(name string) ([]string, error)) error {
	list, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: lookupTXT})
	if err != nil {
		return err
	}
	err = errors.New("it is not there")
	for _, v := range list {
		if v.Domain == d.Domain && v.Err == nil {
			return nil
		}
		if v.Domain == d.Domain {
			err = v.Err
		}
	}
	return err
}
