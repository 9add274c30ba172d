package main

import (
	"errors"

	"daybreak/digest/outbox"
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
