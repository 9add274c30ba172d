package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"daybreak/internal/team"
)

const timelineName = "timeline.jsonl"

var mailName = regexp.MustCompile(`^\d{3,}-[a-z-]+\.eml$`)

// openOut makes the directory for the mails and opens the timeline in it. What an earlier demo wrote there goes, so that the mails of
// two never mix; a directory that holds anything else is left alone.
func openOut(dir string, r team.Roster) (*os.File, error) {
	const elsewhere = "daybreak demo --out daybreak-demo   # a new directory, at a place where you may write"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, withHint(fmt.Errorf("making the directory for the mails: %w", err), elsewhere)
	}
	earlier, foreign, err := earlierOut(dir, r)
	if err != nil {
		return nil, withHint(fmt.Errorf("looking into the directory for the mails: %w", err), elsewhere)
	}
	if foreign != "" {
		return nil, withHint(fmt.Errorf("%s holds %s, which is from no demo; mails are only written to an empty directory", dir, foreign),
			"daybreak demo --out "+filepath.Join(dir, "daybreak-demo"))
	}
	for _, path := range earlier {
		if err := os.Remove(path); err != nil {
			return nil, withHint(fmt.Errorf("replacing the mails of an earlier demo: %w", err), elsewhere)
		}
	}
	f, err := os.Create(filepath.Join(dir, timelineName))
	if err != nil {
		return nil, withHint(fmt.Errorf("writing the timeline: %w", err), elsewhere)
	}
	return f, nil
}

// earlierOut lists what a demo with the roster wrote into the directory, each thing before the directory that holds it, and names
// one thing that no demo wrote, if there is any.
func earlierOut(dir string, r team.Roster) (earlier []string, foreign string, err error) {
	recipients := map[string]bool{}
	for _, t := range r.Teams {
		for _, m := range t.Members {
			recipients[m.Member.Address()] = true
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, "", err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.Type().IsRegular() && e.Name() == timelineName:
		case e.IsDir() && recipients[e.Name()]:
			mails, err := os.ReadDir(path)
			if err != nil {
				return nil, "", err
			}
			for _, m := range mails {
				if !m.Type().IsRegular() || !mailName.MatchString(m.Name()) {
					return nil, filepath.Join(e.Name(), m.Name()), nil
				}
				earlier = append(earlier, filepath.Join(path, m.Name()))
			}
		default:
			return nil, e.Name(), nil
		}
		earlier = append(earlier, path)
	}
	return earlier, "", nil
}

// keep writes a mail to the directory that was asked for.
func (d *demo) keep(p team.Person, m demoMail) error {
	if d.out == "" {
		return nil
	}
	dir := filepath.Join(d.out, p.Address())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := fmt.Sprintf("%03d-%s.eml", len(d.mails[p.Address()]), m.Kind)
	return os.WriteFile(filepath.Join(dir, name), m.Raw, 0o644)
}
