package main

import (
	"os"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far a drill is, on a terminal only.
func progress(all int) func(done int, what string) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int, string) {}
	}
	bar := progressbar.NewOptions(all, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	return func(done int, what string) {
		bar.Describe(what)
		_ = bar.Set(done)
	}
}
