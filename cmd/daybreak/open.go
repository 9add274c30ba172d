package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"daybreak/internal/config"
	"daybreak/internal/holiday"
	"daybreak/internal/store"
)

// config reads the configuration and says on Err what works but deserves a word.
func (a *App) config() (*config.Config, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(a.Err, "daybreak: warning: %s\n", w)
	}
	return c, nil
}

// loadConfig reads the configuration.
func (a *App) loadConfig() (*config.Config, error) {
	path, err := a.configFile()
	if err != nil {
		return nil, err
	}
	c, err := config.Load(path)
	if err != nil {
		err = unreadable(err, path, "daybreak init   # writes one; or name yours with --config FILE")
		return nil, mistakes(err, "daybreak init --sample   # shows how each line is written")
	}
	return c, nil
}

// access is what a command opens the database for.
type access int

const (
	toLook   access = iota // and leave no trace
	toChange               // what is there
	toMake                 // it if it is not there
)

// withStore opens the configured database for one command, beside a daemon that may be running, and closes it after f.
func (a *App) withStore(ctx context.Context, what access, f func(*config.Config, *store.Store) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	_, missing := os.Stat(c.Database)
	readOnly := what == toLook || what == toChange && errors.Is(missing, fs.ErrNotExist)
	s, err := store.Open(ctx, store.Options{Path: c.Database, ReadOnly: readOnly, Public: new(holiday.Calendar)})
	if err != nil {
		return err
	}
	err = f(c, s)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}
