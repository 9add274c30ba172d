package main

import (
	"context"
	"fmt"

	"daybreak/internal/config"
	"daybreak/internal/store"
)

// config reads the configuration and says on Err what works but deserves a word.
func (a *App) config() (*config.Config, error) {
	path, err := a.configFile()
	if err != nil {
		return nil, err
	}
	c, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(a.Err, "daybreak: warning: %s\n", w)
	}
	return c, nil
}

// withStore opens the configured database for one command, beside a daemon that may be running, and closes it after f.
func (a *App) withStore(ctx context.Context, f func(*config.Config, *store.Store) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Path: c.Database})
	if err != nil {
		return err
	}
	err = f(c, s)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}
