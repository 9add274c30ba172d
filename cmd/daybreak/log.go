package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
)

// newLogger writes text to a terminal and JSON elsewhere.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration { // JSON would have nanoseconds
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}}
	if isTerminal(w) {
		return slog.New(hinting{slog.NewTextHandler(w, options)})
	}
	return slog.New(hinting{slog.NewJSONHandler(w, options)})
}

// hinting adds the remedy to each logged error that comes without one: the loops do not know what the errors of a database mean that
// they only know by its methods.
type hinting struct{ slog.Handler }

// Handle adds a hint where there is an error without one.
func (h hinting) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	var cause error
	hint := ""
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "hint" {
			hint = a.Value.String()
			return true
		}
		if err, ok := a.Value.Any().(error); ok && a.Key == "error" {
			cause = err
		}
		out.AddAttrs(a)
		return true
	})
	if hint == "" {
		hint = hintFor(cause)
	}
	if hint != "" {
		out.AddAttrs(slog.String("hint", hint))
	}
	return h.Handler.Handle(ctx, out)
}

// WithAttrs keeps adding hints.
func (h hinting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return hinting{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps adding hints.
func (h hinting) WithGroup(name string) slog.Handler { return hinting{h.Handler.WithGroup(name)} }

// isTerminal tells whether w is a terminal. /dev/null, to which services may write, is none.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
