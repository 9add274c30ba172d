package main

import (
	"errors"
	"io/fs"

	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/mailin"
)

// hintFor gives the remedy for errors that come from below with a type of their own, "" if there is nothing to say.
func hintFor(err error) string {
	if e := (*outbox.Error)(nil); errors.As(err, &e) {
		return e.Hint
	}
	if e := (*store.Error)(nil); errors.As(err, &e) {
		return e.Hint
	}
	return mailin.Hint(err)
}

// mistakes puts the remedy for a file with mistakes where hints are: that of the only one, else the command that prints how the file
// is written.
func mistakes(err error, sample string) error {
	var all config.Errors
	switch {
	case !errors.As(err, &all):
		return err
	case len(all) == 1 && all[0].Hint != "":
		only := all[0]
		only.Hint = ""
		return withHint(only, all[0].Hint)
	}
	return withHint(err, sample)
}

// unreadable adds what to do about a file that cannot be read: missing, if it is not there.
func unreadable(err error, path, missing string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return withHint(err, missing)
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "ls -l "+path+"   # shows who may read it; run daybreak as one of them")
	}
	return err
}
