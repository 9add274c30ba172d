package main

import (
	"os"
	"runtime/debug"
)

const (
	memoryLimit = 28 << 20 // of what Go manages; with the program itself and SQLite's caches the process stays below 64 MB
	gcPercent   = 300
)

// spendMemory lets garbage lie longer than Go does by itself, up to a limit: little is kept from one batch of mails to the next, so
// that a seventh of all work went into collecting it. The environment's GOGC and GOMEMLIMIT win.
func spendMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
