package config

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"daybreak/internal/spell"
)

// OAuthPreset is what a known provider of OAuth access to mail needs.
type OAuthPreset struct {
	TokenURL   string // with TENANT where the provider has tenants
	DeviceURL  string // "" if mail scopes cannot be had by a device code
	IMAPScopes []string
	SMTPScopes []string
	AppScopes  []string // without a refresh token: access of the application itself
}

// OAuthProviders are the values of the key provider.
func OAuthProviders() []string { return []string{"google", "microsoft"} }

// OAuthPresetOf gives the preset of a provider.
func OAuthPresetOf(provider string) (OAuthPreset, bool) {
	const microsoft = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/"
	switch provider {
	case "google":
		return OAuthPreset{
			TokenURL:   "https://oauth2.googleapis.com/token",
			IMAPScopes: []string{"https://mail.google.com/"},
			SMTPScopes: []string{"https://mail.google.com/"},
		}, true
	case "microsoft":
		return OAuthPreset{
			TokenURL:   microsoft + "token",
			DeviceURL:  microsoft + "devicecode",
			IMAPScopes: []string{"offline_access", "https://outlook.office.com/IMAP.AccessAsUser.All"},
			SMTPScopes: []string{"offline_access", "https://outlook.office.com/SMTP.Send"},
			AppScopes:  []string{"https://outlook.office365.com/.default"},
		}, true
	}
	return OAuthPreset{}, false
}

// tokenTime is the deadline of one request for an access token.
const tokenTime = 30 * time.Second

// oauth is one [imap.oauth] or [smtp.oauth] section. It hands out access tokens and renews them before they end.
type oauth struct {
	where        Problem
	clientID     string
	clientSecret Secret // zero for a public client
	tokenURL     string
	scopes       []string
	refreshFile  string // "" for the application's own access

	mu      sync.Mutex
	access  *oauth2.Token
	stated  string // what the file said when access was had
	renewed string // the refresh token that the provider gave in its place
}

// readOAuth reads the section; nil if it cannot be used.
func (c *Config) readOAuth(t *table, section string) *oauth {
	before := len(t.doc.problems)
	o := &oauth{where: Problem{File: t.doc.file, Line: t.doc.lines.of(t.path)}}
	var preset OAuthPreset
	if provider, ok := t.text("provider", "microsoft"); ok {
		if preset, ok = OAuthPresetOf(provider); !ok {
			t.wrong("provider", didYouMean(spell.Nearest(provider, OAuthProviders()), OAuthProviders())+"; for any other write token_url", "unknown provider %q", provider)
		}
	}
	o.clientID, _ = t.text("client_id", "YOUR-APPLICATION-ID")
	if !t.has("client_id") {
		t.missing(t.line("client_id"), "client_id", "add client_id = \"…\" from the provider's page for applications", "%s has no client_id", t.name)
	}
	if path, ok := c.path(t, "client_secret_file", "client.secret"); ok {
		c.warnIfOpen(t, "client_secret_file", path)
		o.clientSecret = fileSecret(Problem{File: t.doc.file, Line: t.line("client_secret_file"), Text: "client_secret_file " + path}, path)
	}
	if path, ok := c.path(t, "refresh_token_file", section+".token"); ok {
		c.warnIfOpen(t, "refresh_token_file", path)
		o.refreshFile = path
	}
	for _, key := range []string{"client_secret", "refresh_token"} {
		t.forbid(key, fmt.Sprintf("put it into a file of its own and write %s_file = \"…\"", key), "a secret must not stand in the configuration")
	}
	tenant, hasTenant := t.text("tenant", "common")
	if !hasTenant {
		tenant = "common"
	} else if !strings.Contains(preset.TokenURL, "TENANT") {
		t.wrong("tenant", `write provider = "microsoft" or leave tenant out`, "only Microsoft has tenants")
	}
	o.tokenURL = strings.ReplaceAll(preset.TokenURL, "TENANT", url.PathEscape(tenant))
	if address, ok := t.text("token_url", "https://login.example.com/token"); ok {
		o.tokenURL = address
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
			t.wrong("token_url", "such as token_url = \"https://login.example.com/token\"", "token_url %q is not an https address", address)
		}
	} else if preset.TokenURL == "" && !t.has("provider") {
		t.missing(t.line("token_url"), "token_url", `add provider = "google", provider = "microsoft" or token_url = "https://…"`, "%s has neither provider nor token_url", t.name)
	}
	o.scopes, _, _ = t.texts("scopes", "https://mail.google.com/")
	if o.refreshFile == "" && !t.has("refresh_token_file") {
		if len(o.scopes) == 0 {
			o.scopes = preset.AppScopes
		}
		if o.clientSecret.IsZero() || len(o.scopes) == 0 {
			t.missing(t.line("refresh_token_file"), "refresh_token_file", fmt.Sprintf("add refresh_token_file = %q; or, for access of the application itself, client_secret_file and scopes", section+".token"),
				"%s has no refresh_token_file", t.name)
		} else if tenant == "common" && preset.DeviceURL != "" {
			t.wrong("tenant", `add tenant = "YOUR-TENANT-ID"`, "%s: access of the application itself needs the tenant", t.name)
		}
	}
	t.close()
	if len(t.doc.problems) > before {
		return nil
	}
	return o
}

// Token gives an access token that is valid for at least a minute.
func (o *oauth) Token(ctx context.Context) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	stated := ""
	if o.refreshFile != "" {
		where := o.where
		where.Text = "refresh_token_file " + o.refreshFile
		var err error
		if stated, err = fileSecret(where, o.refreshFile).Read(ctx); err != nil {
			return "", err
		}
	}
	if o.access != nil && stated == o.stated && time.Until(o.access.Expiry) > time.Minute {
		return o.access.AccessToken, nil
	}
	if stated != o.stated {
		o.renewed = "" // somebody has put a new one there
	}
	secret := ""
	if !o.clientSecret.IsZero() {
		var err error
		if secret, err = o.clientSecret.Read(ctx); err != nil {
			return "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTime)
	defer cancel()
	access, err := o.fetch(ctx, secret, stated)
	if err != nil {
		return "", o.refused(err)
	}
	if access.Expiry.IsZero() { // not said: use it for this one login only
		access.Expiry = time.Now()
	}
	o.access, o.stated = access, stated
	if renewed := access.RefreshToken; o.refreshFile != "" && renewed != "" && renewed != stated {
		o.renewed = renewed
		if replaceFile(o.refreshFile, renewed) == nil {
			o.stated = renewed
		}
	}
	return access.AccessToken, nil
}

func (o *oauth) fetch(ctx context.Context, secret, stated string) (*oauth2.Token, error) {
	if o.refreshFile == "" {
		app := clientcredentials.Config{ClientID: o.clientID, ClientSecret: secret, TokenURL: o.tokenURL, Scopes: o.scopes}
		return app.Token(ctx)
	}
	refresh := stated
	if o.renewed != "" {
		refresh = o.renewed
	}
	client := oauth2.Config{ClientID: o.clientID, ClientSecret: secret, Scopes: o.scopes,
		Endpoint: oauth2.Endpoint{TokenURL: o.tokenURL, AuthStyle: oauth2.AuthStyleInParams}}
	return client.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
}

// refused turns the provider's answer into words, without the body of the answer.
func (o *oauth) refused(err error) error {
	p := o.where
	p.cause = err
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		p.Text, p.Hint = fmt.Sprintf("fetching an access token from %s: %v", o.tokenURL, err), "is the address right and the network up?"
		return p
	}
	status := ""
	if answer.Response != nil {
		status = answer.Response.Status
	}
	p.Text = fmt.Sprintf("%s refused an access token: %s", o.tokenURL, strings.TrimSpace(strings.Join([]string{answer.ErrorCode, answer.ErrorDescription, status}, " ")))
	switch answer.ErrorCode {
	case "invalid_grant":
		p.Hint = fmt.Sprintf("the refresh token is not valid any more: put a new one into %s", o.refreshFile)
	case "invalid_client", "unauthorized_client":
		p.Hint = "check client_id and client_secret_file"
	default:
		p.Hint = "check the keys of this section against what the provider's page says"
	}
	return p
}

// replaceFile writes a file anew so that there is always a whole one, readable by its owner only.
func replaceFile(path, line string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".daybreak-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(line + "\n")
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
