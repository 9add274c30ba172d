package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Sabotage is a way to break the engine on purpose. A drill that does not notice it is worth nothing.
type Sabotage struct {
	Name  string
	Edits []Edit
}

// Edit replaces words that stand in one source file once.
type Edit struct {
	File, Old, New string
}

// Sabotages are all that are known. They are built as overlays; the sources stay as they are.
func Sabotages() []Sabotage {
	const (
		tx, accept, commit = "internal/store/tx.go", "internal/store/accept.go", "internal/store/commit.go"
		queue, sender      = "internal/store/outbox.go", "digest/outbox/outbox.go"
	)
	return []Sabotage{
		{"each statement commits by itself", []Edit{
			{tx, `conn.ExecContext(ctx, begin)`, `conn.ExecContext(ctx, "SELECT 1")`},
			{tx, `conn.ExecContext(ctx, "COMMIT")`, `conn.ExecContext(ctx, "SELECT 1")`}}},
		{"the cursor moves before the mails are stored", []Edit{{accept, "	became := slices.Clone(mails)\n", `	became := slices.Clone(mails)
	if err := s.write(ctx, "passing the cursor", func(ctx context.Context, tx *sql.Conn) error {
		_, err := passCursor(ctx, tx, c)
		return err
	}); err != nil {
		return err
	}
`}}},
		{"the last mail of a batch is forgotten", []Edit{{accept, "		for i := range became {\n", "		for i := range became[:max(1, len(became)-1)] {\n"}}},
		{"an outcome is stored before its update", []Edit{
			{accept, "	return a.do(ctx, tx, id, m)\n", "	a.later = append(a.later, func(ctx context.Context, tx *sql.Conn) error { return a.do(ctx, tx, id, m) })\n	return nil\n"},
			{accept, "		a := accepting{box: box, now: now}\n", "		a := accepting{box: box, now: now}\n		defer func() { later = a.later }()\n"},
			{accept, "	became := slices.Clone(mails)\n", "	became := slices.Clone(mails)\n	var later []func(context.Context, *sql.Conn) error\n"},
			{accept, "	if err == nil {\n		copy(mails, became)\n	}\n", `	for _, do := range later {
		if err == nil {
			err = s.write(ctx, "accepting more mails", do)
		}
	}
	if err == nil {
		copy(mails, became)
	}
`},
			{"internal/store/accepting.go", "type accepting struct {\n", "type accepting struct {\n	later []func(context.Context, *sql.Conn) error\n"}}},
		{"a copy of a mail is not known for one", []Edit{
			{accept, "known := a.effective[m.Identity]; known {", "known := a.effective[m.Identity]; known && false {"},
			{accept, "		identity = m.Identity\n", "		identity = m.Identity + fmt.Sprint(m.UID)\n"}}},
		{"slots move before their mails are stored", []Edit{{commit, "	err := commitAll(undoingNothing)\n", `	mails := slices.Clone(turned)
	turned = slices.Clone(turned)
	for i := range turned {
		turned[i].Mail = nil
	}
	err := commitAll(undoingNothing)
	if err == nil {
		err = s.write(ctx, "committing mails of turns", func(ctx context.Context, tx *sql.Conn) error {
			for _, t := range mails {
				if t.Mail != nil {
					if err := commitMail(ctx, tx, t, now); err != nil && !errors.Is(err, errMade) {
						return err
					}
				}
			}
			return nil
		})
	}
`}}},
		{"what a digest told is not marked", []Edit{{commit, "SET read_seq = ?4 WHERE", "SET read_seq = ?3 + 0 * ?4 WHERE"}}},
		{"the state dot is forgotten", []Edit{{queue, "UPDATE outbox SET state = 'dot', dot_at = ?3, next_at = ?3 + lease", "UPDATE outbox SET next_at = ?3 + lease"}}},
		{"a mail is held for sent before its dot", []Edit{{sender, "			return o.Store.MarkDot(ctx, m.ID, m.Epoch, clock())\n",
			"			return o.Store.Finish(ctx, m.ID, m.Epoch, team.SendResult{State: team.SentOut}, clock())\n"}}},
		{"what was at its dot is held for sent after a crash", []Edit{{queue, "UPDATE outbox SET next_at = ?1, lease = 0 WHERE",
			"UPDATE outbox SET next_at = ?1, lease = 0, dot_at = 0, state = CASE WHEN state = 'dot' THEN 'sent' ELSE state END WHERE"}}},
		{"nothing is recovered after a crash", []Edit{{sender, "_, err = o.Store.RecoverOutgoing(ctx, o.now())", "err = nil"}}},
		{"a mail that is sent again has a new Message-ID", []Edit{
			{sender, "		r := o.conn.Send(ctx, m, func() error {\n", `		if m.Attempts > 1 {
			m.Raw = []byte(strings.ReplaceAll(string(m.Raw), "Message-ID: <", "Message-ID: <again-"))
		}
		r := o.conn.Send(ctx, m, func() error {
`},
			{sender, "	\"sync/atomic\"\n", "	\"strings\"\n	\"sync/atomic\"\n"}}},
		{"what is looked for is always found", []Edit{{"digest/outbox/seek.go", "		case slices.Contains(there, m.MessageID):\n", "		case slices.Contains(there, m.MessageID) || err == nil:\n"}}},
		{"mails of a batch go to the first one's address", []Edit{{sender, "		began := time.Now()\n		r, err := o.deliver(", "		m.To = mails[0].To\n		began := time.Now()\n		r, err := o.deliver("}}},
	}
}

// overlay writes the broken sources into dir.
func (s Sabotage) overlay(ctx context.Context, dir string) (map[string]string, error) {
	root, err := Root(ctx)
	if err != nil {
		return nil, err
	}
	broken := map[string]string{}
	for _, e := range s.Edits {
		if broken[e.File] == "" {
			source, err := os.ReadFile(filepath.Join(root, e.File))
			if err != nil {
				return nil, err
			}
			broken[e.File] = string(source)
		}
		if n := strings.Count(broken[e.File], e.Old); n != 1 {
			return nil, fmt.Errorf("%s: %s has the words to be replaced %d times: %q", s.Name, e.File, n, e.Old)
		}
		broken[e.File] = strings.Replace(broken[e.File], e.Old, e.New, 1)
	}
	files := map[string]string{}
	for file, source := range broken {
		path := filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			return nil, err
		}
		files[file] = path
	}
	return files, nil
}

// SabotageResult is which drill has found a sabotage.
type SabotageResult struct {
	Name  string
	Drill string // "" if none
	First Breach
}

// Find breaks the program and runs the drills on it, the most telling points first, until one notices. The directory is empty.
func (s Sabotage) Find(ctx context.Context, dir string, seed uint64, rounds int) (*SabotageResult, error) {
	files, err := s.overlay(ctx, dir)
	if err != nil {
		return nil, err
	}
	program, err := Build(ctx, dir, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	r := &SabotageResult{Name: s.Name}
	results, err := Points{Program: program, Seed: seed, Times: 1, UntilBreach: true,
		Names: []string{"smtp-dot", "smtp-dot-sent", "commit-accepting-mails", "committed-accepting-mails", "committed-committing-turns",
			"outcome-is-stored", "slot-has-moved", "mail-is-in-outbox", "committed-claiming-outgoing-mail"},
		Dir:     func() (string, error) { return os.MkdirTemp(dir, "world-") },
		Servers: func() (Servers, error) { return Memory(20*time.Millisecond, true) }}.Run(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	for _, p := range results {
		if len(p.Breaches) > 0 {
			r.Drill, r.First = "points "+p.Name, p.Breaches[0]
			return r, nil
		}
	}
	servers, err := Memory(0, false)
	if err != nil {
		return nil, err
	}
	defer servers.Close()
	world, err := os.MkdirTemp(dir, "world-")
	if err != nil {
		return nil, err
	}
	k, err := Kill{Program: program, Dir: world, Servers: servers, Seed: seed, Rounds: rounds, Longest: 150 * time.Millisecond}.Run(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	if len(k.Breaches) > 0 {
		r.Drill, r.First = fmt.Sprintf("kill -n %d", rounds), k.Breaches[0]
	}
	return r, nil
}

// unrest is that the program does not come to rest, which is a breach: something waits for ever.
type unrest struct{ what string }

func (u *unrest) Error() string { return "the program does not come to rest: " + u.what }

// asBreach gives the breach that an error of a drill is, if it is one.
func asBreach(err error) (Breach, bool) {
	var u *unrest
	if errors.As(err, &u) {
		what, _, _ := strings.Cut(u.Error(), "\n")
		return Breach{"I3", what}, true
	}
	return Breach{}, false
}

// PrintSabotages writes which drill found what, a line each.
func PrintSabotages(out io.Writer, results ...SabotageResult) {
	for _, r := range results {
		found := r.Drill
		if found == "" {
			found = "NOT FOUND"
		}
		fmt.Fprintf(out, "%-52s  %-36s  %s\n", r.Name, found, r.First)
	}
}
