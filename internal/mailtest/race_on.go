//go:build race

package mailtest

// Race says that the race detector watches, which makes everything several times slower. Tests of very many cases that run in one
// goroutine take a few of them then; the checks before a change lands run them whole without it, too.
const Race = true
