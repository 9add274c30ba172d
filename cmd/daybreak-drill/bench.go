package main

import (
	"fmt"
	"os"
	"slices"

	"daybreak/internal/drill"
	"daybreak/internal/mailtest"
)

// workbench is what real servers are started on outside of a test.
type workbench struct {
	ends []func()
}

var _ mailtest.TB = (*workbench)(nil)

type failure struct{ error }

func (*workbench) Helper()                            {}
func (w *workbench) Skipf(format string, args ...any) { w.Fatalf(format, args...) }
func (*workbench) Fatalf(format string, args ...any)  { panic(failure{fmt.Errorf(format, args...)}) }
func (*workbench) Logf(format string, args ...any)    { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (w *workbench) Cleanup(end func())               { w.ends = append(w.ends, end) }
func (*workbench) Failed() bool                       { return false }

// TempDir is a directory that goes when the bench is cleared.
func (w *workbench) TempDir() string {
	dir, err := drill.Temp()
	if err != nil {
		w.Fatalf("%v", err)
	}
	w.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (w *workbench) clear() {
	for _, end := range slices.Backward(w.ends) {
		end()
	}
}

// servers starts real ones.
func (w *workbench) servers() (s drill.Servers, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			f, ok := trouble.(failure)
			if !ok {
				panic(trouble)
			}
			err = f.error
		}
	}()
	return drill.Real(w), nil
}
