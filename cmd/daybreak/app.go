package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// App is what every command is given: where the configuration is and where to read and write.
type App struct {
	ConfigPath string
	In         io.Reader
	Out, Err   io.Writer

	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // how serve reaches the mail servers; nil: the network
	Now       func() time.Time                                                  // the clock of serve; nil: time.Now
	LookupTXT func(ctx context.Context, name string) ([]string, error)          // how check asks the DNS; nil: the system's resolver
}

// configPaths are looked at in turn if --config is not given.
var configPaths = []string{"daybreak.toml", "/etc/daybreak/daybreak.toml"}

// configFile is the file named by --config or the first one that exists.
func (a *App) configFile() (string, error) {
	if a.ConfigPath != "" {
		return a.ConfigPath, nil
	}
	for _, path := range configPaths {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", withHint(fmt.Errorf("no configuration: neither %s nor %s exists", configPaths[0], configPaths[1]),
		"daybreak init   # writes one; or name yours with --config FILE")
}

// hinted is an error with what to do about it: a command to run or a line to write.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

func withHint(err error, hint string) error { return &hinted{err, hint} }

// misuse is an error in how a command was called; daybreak exits with 2.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// report prints an error and its hint and gives the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(w, "daybreak: error: %s\n", text)
	}
	if h := (*hinted)(nil); errors.As(err, &h) && h.hint != "" {
		fmt.Fprintf(w, "daybreak: hint: %s\n", h.hint)
	} else if hint := hintFor(err); hint != "" {
		fmt.Fprintf(w, "daybreak: hint: %s\n", hint)
	}
	if errors.As(err, &misuse{}) {
		return 2
	}
	return 1
}
