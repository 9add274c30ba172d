package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyATerminalIsATerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	must(t, err)
	defer null.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	must(t, err)
	defer file.Close()
	if isTerminal(null) || isTerminal(file) || isTerminal(new(bytes.Buffer)) {
		t.Error("a file, /dev/null or memory is taken for a terminal")
	}
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer tty.Close()
	if !isTerminal(tty) {
		t.Error("a terminal is not taken for one")
	}
}
