package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestTheDemoServesEveryonesMail(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	out := &syncBuffer{changed: make(chan struct{}, 1)}
	cmd := exec.Command("daybreak", "demo", "--listen", taken.Addr().String()) // it finds another port
	cmd.Stdout = out
	d := runDaemon(t, cmd)
	d.log = out
	d.await("(Ctrl-C ends)")
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(out.String())
	if base == "" || strings.Contains(base, taken.Addr().String()) {
		t.Fatalf("served at %q", base)
	}
	get := func(path string) (int, http.Header, string) {
		t.Helper()
		r, err := http.Get(base + path)
		must(t, err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		must(t, err)
		return r.StatusCode, r.Header, string(body)
	}
	for _, c := range []struct{ path, kind, part string }{
		{"/", "text/html", `href="/aiko@quayside.example/1"`},
		{"/", "text/html", "Elena Ortiz"},
		{"/aiko@quayside.example/1", "text/html", "/aiko@quayside.example/1/frame"},
		{"/aiko@quayside.example/1", "text/html", "what happened today, Aiko?"},
		{"/aiko@quayside.example/1/text", "text/html", "What got done?"},
		{"/aiko@quayside.example/1/source", "text/html", "Auto-Submitted: auto-generated"},
		{"/aiko@quayside.example/1/frame", "text/html", "What got done?"},
		{"/tanaka-aiko@keitai.example/2", "text/html", "Aiko"},
	} {
		code, header, body := get(c.path)
		if code != 200 || !strings.HasPrefix(header.Get("Content-Type"), c.kind) || !strings.Contains(body, c.part) {
			t.Errorf("%s: %d %s, no %q", c.path, code, header.Get("Content-Type"), c.part)
		}
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") {
			t.Errorf("%s: policy %q", c.path, policy)
		}
	}
	for _, path := range []string{"/nobody@quayside.example/1", "/aiko@quayside.example/0", "/aiko@quayside.example/999", "/aiko@quayside.example/x", "/aiko@quayside.example/1/nothing", "/etc/passwd"} {
		if code, _, _ := get(path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	must(t, d.ended(0))
}
