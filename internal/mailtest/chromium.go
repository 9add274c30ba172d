package mailtest

import (
	"bufio"
	_ "embed" // faults.js
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Browser is a running Chromium without a window: a real one that is not ours. It is spoken to in the DevTools protocol over two
// pipes, so that no port is opened and nothing stands between; what is used of the protocol is stable.
type Browser struct {
	t       TB
	out     io.Writer
	session string // of the one page
	mu      sync.Mutex
	next    int
	waiting map[int]chan devtools
	broken  error    // why no answer comes any more
	asked   []string // addresses that the page wanted since the last Show
}

// devtools is a message of the DevTools protocol.
type devtools struct {
	ID      int                       `json:"id,omitempty"`
	Session string                    `json:"sessionId,omitempty"`
	Method  string                    `json:"method,omitempty"`
	Params  any                       `json:"params,omitempty"`
	Result  json.RawMessage           `json:"result,omitempty"`
	Error   *struct{ Message string } `json:"error,omitempty"`
}

// browserPatience is how long Chromium may take for one thing; its first start on a busy machine takes longest.
const browserPatience = 60 * time.Second

// Chromium starts the Debian package's browser and ends it with the test. Without it on this machine the test is skipped, or fails if
// DAYBREAK_REAL=1.
func Chromium(t TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("DAYBREAK_REAL") == "1" {
			t.Fatalf("no chromium; install the Debian package chromium")
		}
		t.Skipf("no chromium; it is in the Debian package chromium")
	}
	theirIn, out, err := os.Pipe()
	if err != nil {
		t.Fatalf("opening a pipe: %v", err)
	}
	in, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatalf("opening a pipe: %v", err)
	}
	// The sandbox wants rights that root and containers do not give; what is shown is our own.
	cmd := exec.Command(path, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
		"--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // which are 3 and 4 there
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &Browser{t: t, out: out, waiting: map[int]chan devtools{}}
	read := make(chan struct{})
	go func() {
		defer close(read)
		b.read(in)
	}()
	t.Cleanup(func() {
		_, _ = b.call("", "Browser.close", nil)
		out.Close()
		ended := time.AfterFunc(browserPatience, func() { _ = cmd.Process.Kill() })
		<-read
		_ = cmd.Wait()
		ended.Stop()
		in.Close()
	})
	var target struct {
		TargetID  string `json:"targetId"`
		SessionID string `json:"sessionId"`
	}
	b.must(&target, "Target.createTarget", map[string]any{"url": "about:blank"})
	b.must(&target, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	b.session = target.SessionID
	b.must(nil, "Page.enable", nil)
	b.must(nil, "Network.enable", nil)
	return b
}

// read hands answers to who waits for them until the browser ends.
func (b *Browser) read(in io.Reader) {
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		raw, err := lines.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.broken = fmt.Errorf("chromium has ended: %w", err)
			for id, answer := range b.waiting {
				close(answer)
				delete(b.waiting, id)
			}
			return
		}
		var m struct {
			devtools
			Params struct {
				Request struct{ URL string }
			} `json:"params"`
		}
		if err := json.Unmarshal(raw[:len(raw)-1], &m); err != nil {
			continue // an event of a form that nothing here is about
		}
		b.mu.Lock()
		if m.Method == "Network.requestWillBeSent" {
			b.asked = append(b.asked, m.Params.Request.URL)
		}
		answer := b.waiting[m.ID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		if answer != nil {
			answer <- m.devtools
		}
	}
}

// call asks the browser for something and waits for the answer.
func (b *Browser) call(session, method string, params any) (json.RawMessage, error) {
	answer := make(chan devtools, 1)
	b.mu.Lock()
	if b.broken != nil {
		b.mu.Unlock()
		return nil, b.broken
	}
	b.next++
	id := b.next
	b.waiting[id] = answer
	b.mu.Unlock()
	raw, err := json.Marshal(devtools{ID: id, Session: session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	if _, err := b.out.Write(append(raw, 0)); err != nil {
		return nil, err
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return nil, errors.New("chromium has ended")
		case m.Error != nil:
			return nil, errors.New(m.Error.Message)
		}
		return m.Result, nil
	case <-time.After(browserPatience):
		return nil, fmt.Errorf("no answer after %v", browserPatience)
	}
}

// must calls and reads the answer into v, if there is one.
func (b *Browser) must(v any, method string, params any) {
	b.t.Helper()
	raw, err := b.call(b.session, method, params)
	if err == nil && v != nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		b.t.Fatalf("chromium: %s: %v", method, err)
	}
}

// Screen makes the window so wide, in light or dark colours.
func (b *Browser) Screen(width int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.must(nil, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false})
	b.must(nil, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
}

// Show shows an HTML document.
func (b *Browser) Show(html string) {
	b.t.Helper()
	b.mu.Lock()
	b.asked = nil
	b.mu.Unlock()
	var tree struct {
		FrameTree struct{ Frame struct{ ID string } }
	}
	b.must(&tree, "Page.getFrameTree", nil)
	b.must(nil, "Page.setDocumentContent", map[string]any{"frameId": tree.FrameTree.Frame.ID, "html": html})
}

// Eval runs a script in the page shown and reads its value, or what its promise gives, into v.
func (b *Browser) Eval(script string, v any) {
	b.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.must(&got, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true})
	if got.ExceptionDetails != nil {
		b.t.Fatalf("chromium: the script: %s", got.ExceptionDetails.Exception.Description)
	}
	if err := json.Unmarshal(got.Result.Value, v); err != nil {
		b.t.Fatalf("chromium: the script gave %s: %v", got.Result.Value, err)
	}
}

// Picture is the page shown as PNG, of its whole height up to most pixels, with so many pixels of the picture to one of the page.
func (b *Browser) Picture(most int, scale float64) []byte {
	b.t.Helper()
	var size struct {
		CSSContentSize struct{ Width, Height float64 } `json:"cssContentSize"`
	}
	b.must(&size, "Page.getLayoutMetrics", nil)
	var shot struct{ Data []byte }
	b.must(&shot, "Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true, "clip": map[string]any{
		"x": 0, "y": 0, "width": size.CSSContentSize.Width, "height": min(size.CSSContentSize.Height, float64(most)), "scale": scale}})
	return shot.Data
}

//go:embed faults.js
var faults string

// Faults says what makes the page shown hard to read or to hear: that it has to be scrolled sideways, words of little contrast against
// what lies behind them, headings out of order, pictures without words, no language, or anything that it asked the network for.
func (b *Browser) Faults() []string {
	b.t.Helper()
	var list []string
	b.Eval(faults, &list)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.asked {
		list = append(list, "it asks the network for "+url)
	}
	return list
}
