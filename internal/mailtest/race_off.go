//go:build !race

package mailtest

// Race says that the race detector watches: it does not.
const Race = false
