package main

import (
	"io"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daybreak/internal/mailtest"
)

// TestTheLoopOnRealServers lets the sample team live through its days on a real Dovecot and a real smtp-sink, and compares every mail
// that everyone got with what they got on the servers in memory.
func TestTheLoopOnRealServers(t *testing.T) {
	box := mailtest.Dovecot(t)
	sink := mailtest.SMTPSink(t, "-dump")
	seen := map[string]bool{}
	var all []mailtest.Delivery
	sent := func() []mailtest.Delivery {
		var fresh []mailtest.Delivery
		for _, m := range sink.Mails() {
			d := mailtest.Delivery{To: strings.Trim(strings.TrimPrefix(m.RcptArgs[0], "TO:"), "<>"), Raw: m.Raw}
			h, err := mail.ReadMessage(strings.NewReader(string(m.Raw)))
			must(t, err)
			if id := h.Header.Get("Message-ID"); !seen[id] {
				seen[id] = true
				d.At, err = h.Header.Date()
				must(t, err)
				fresh = append(fresh, d)
			}
		}
		slices.SortFunc(fresh, func(a, b mailtest.Delivery) int { return strings.Compare(kindAndName(a), kindAndName(b)) })
		all = append(all, fresh...)
		return all
	}
	real := story(t, func(*clock) *serverPair {
		return &serverPair{imap: box.Addr, smtp: sink.Addr, user: box.User, password: box.Password, open: true, sent: sent,
			deliver: func(raw []byte) error { box.Deliver(raw); return nil }, close: func() error { return nil }}
	})
	memory := story(t, func(c *clock) *serverPair {
		s, err := memoryServers(demoAddress, c.Now)
		must(t, err)
		return s
	})
	if real.inbound != memory.inbound || real.sentCount() != memory.sentCount() || real.sentCount() < 40 {
		t.Errorf("on real servers %d mails were sent and %s; in memory %d and %s", real.sentCount(), real.inbound, memory.sentCount(), memory.inbound)
	}
	for _, p := range memory.people {
		got, want := letters(real, p.Address()), letters(memory, p.Address())
		for i := range max(len(got), len(want)) {
			switch {
			case i >= len(got):
				t.Errorf("%s did not get\n%s", p.Address(), want[i])
			case i >= len(want):
				t.Errorf("%s got too much:\n%s", p.Address(), got[i])
			case got[i] != want[i]:
				t.Errorf("%s got\n%s\nin memory it was\n%s", p.Address(), got[i], want[i])
			}
		}
	}
}

// kindAndName orders mails of one moment: a digest before the reminder that comes with it.
func kindAndName(d mailtest.Delivery) string {
	m, _ := mail.ReadMessage(strings.NewReader(string(d.Raw)))
	order := "1"
	if m.Header.Get("In-Reply-To") != "" {
		order = "2"
	}
	return order + d.To
}

func story(t *testing.T, servers func(*clock) *serverPair) *demo {
	t.Helper()
	d := &demo{app: &App{Out: io.Discard}}
	c := &clock{now: demoStart}
	must(t, d.tellStory(t.Context(), filepath.Join(t.TempDir(), "demo.db"), c, servers(c)))
	return d
}

// letters are the mails that someone got, as far as they do not depend on the database's secrets.
func letters(d *demo, address string) []string {
	var all []string
	for _, m := range d.mails[address] {
		all = append(all, strings.Join([]string{string(m.Kind), m.At.UTC().String(), m.Subject, m.Message.Plain}, "\n"))
	}
	slices.Sort(all)
	return all
}
