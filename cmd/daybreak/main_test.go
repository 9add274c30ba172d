package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary serve as the program, under the name daybreak in PATH, for the scripts and for the tests that
// kill it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"daybreak": main})
}
