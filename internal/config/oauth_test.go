package config

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// provider is a token address that gives out a numbered token at each request.
type provider struct {
	*httptest.Server
	mu       sync.Mutex
	asked    []string // the refresh tokens, or the grants without one
	lifetime int
	rotates  bool
	refuses  string
}

func startProvider(t *testing.T) *provider {
	p := &provider{lifetime: 3600}
	p.Server = httptest.NewServer(http.HandlerFunc(p.answer))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if p.refuses != "" || r.FormValue("client_id") != "app" || r.FormValue("client_secret") != "app secret" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":%q,"error_description":"no","secret":"hunter2"}`, p.refuses)
		return
	}
	asked := r.FormValue("refresh_token")
	if asked == "" {
		asked = r.FormValue("grant_type") + " " + r.FormValue("scope")
	}
	p.asked = append(p.asked, asked)
	rotated := ""
	if p.rotates {
		rotated = fmt.Sprintf(`,"refresh_token":"refresh %d"`, len(p.asked)+1)
	}
	fmt.Fprintf(w, `{"access_token":"access %d","token_type":"Bearer","expires_in":%d%s}`, len(p.asked), p.lifetime, rotated)
}

// loginBy is a configuration that logs in to IMAP with tokens of the provider.
func loginBy(t *testing.T, p *provider, lines string) (*Config, string) {
	t.Helper()
	conf, dir := withPassword(t, "[imap.oauth]\nclient_id = \"app\"\nclient_secret_file = \"client.secret\"\ntoken_url = \""+p.URL+"\"\n"+lines)
	write(t, filepath.Join(dir, "client.secret"), "app secret\n", 0o600)
	write(t, filepath.Join(dir, "refresh.token"), "refresh 1\n", 0o600)
	if conf.IMAP.Token == nil || !conf.IMAP.Secret.IsZero() || conf.SMTP.Token != nil {
		t.Fatalf("tokens are not used: %+v", conf)
	}
	return conf, dir
}

func wantToken(t *testing.T, conf *Config, want string) {
	t.Helper()
	if got, err := conf.IMAP.Token(context.Background()); err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestAnAccessTokenIsUsedUntilItEnds(t *testing.T) {
	p := startProvider(t)
	conf, dir := loginBy(t, p, `refresh_token_file = "refresh.token"`)
	wantToken(t, conf, "access 1")
	wantToken(t, conf, "access 1")
	write(t, filepath.Join(dir, "refresh.token"), "another\n", 0o600)
	p.lifetime = 30 // ends within the minute: not used twice
	wantToken(t, conf, "access 2")
	wantToken(t, conf, "access 3")
	if got := strings.Join(p.asked, ", "); got != "refresh 1, another, another" {
		t.Errorf("asked with %s", got)
	}
}

func TestARotatedRefreshTokenIsKept(t *testing.T) {
	p := startProvider(t)
	p.rotates, p.lifetime = true, 1
	conf, dir := loginBy(t, p, `refresh_token_file = "refresh.token"`)
	wantToken(t, conf, "access 1")
	wantToken(t, conf, "access 2")
	file := filepath.Join(dir, "refresh.token")
	if data, err := os.ReadFile(file); err != nil || string(data) != "refresh 3\n" {
		t.Errorf("the file holds %q, %v", data, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if got := strings.Join(p.asked, ", "); got != "refresh 1, refresh 2" {
		t.Errorf("asked with %s", got)
	}
}

func TestARotatedRefreshTokenIsKeptInMemoryWhereTheFileCannotBeWritten(t *testing.T) {
	p := startProvider(t)
	p.rotates, p.lifetime = true, 1
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("needs /proc")
	}
	file := filepath.Join(t.TempDir(), "refresh.token")
	write(t, file, "refresh 1\n", 0o600)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Nobody, not even root, can make a file in this directory.
	conf, _ := loginBy(t, p, fmt.Sprintf("refresh_token_file = \"/proc/self/fd/%d\"", f.Fd()))
	wantToken(t, conf, "access 1")
	wantToken(t, conf, "access 2")
	if got := strings.Join(p.asked, ", "); got != "refresh 1, refresh 2" {
		t.Errorf("asked with %s", got)
	}
}

func TestTheApplicationItselfNeedsNoRefreshToken(t *testing.T) {
	p := startProvider(t)
	conf, _ := loginBy(t, p, `scopes = ["mail"]`)
	wantToken(t, conf, "access 1")
	if got := strings.Join(p.asked, ", "); got != "client_credentials mail" {
		t.Errorf("asked with %s", got)
	}
}

func TestARefusedTokenSaysWhatToDoAndNoSecret(t *testing.T) {
	p := startProvider(t)
	p.refuses = "invalid_grant"
	conf, dir := loginBy(t, p, `refresh_token_file = "refresh.token"`)
	_, err := conf.IMAP.Token(context.Background())
	want := "DIR/daybreak.toml:5: URL refused an access token: invalid_grant no 400 Bad Request; the refresh token is not valid any more: put a new one into DIR/refresh.token"
	if got := strings.NewReplacer(dir, "DIR", p.URL, "URL").Replace(fmt.Sprint(err)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	p.Close()
	_, err = conf.IMAP.Token(context.Background())
	if got := fmt.Sprint(err); !strings.Contains(got, "fetching an access token from "+p.URL) || strings.Contains(got, "refresh 1") || strings.Contains(got, "app secret") {
		t.Errorf("got %s", got)
	}
}

func TestWaitingForATokenEndsWithTheContext(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
	defer server.Close()
	defer close(done)
	conf, _ := loginBy(t, &provider{Server: server}, `refresh_token_file = "refresh.token"`)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := conf.IMAP.Token(ctx); err == nil {
		t.Error("there is a token")
	}
}
