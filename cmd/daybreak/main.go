// Command daybreak gives a remote team an asynchronous daily update with nothing but email.
//
// This package is the only one that knows all the others: each command has a file, and serve.go wires the daemon.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // zones work on machines without a zone database

	"daybreak/internal/failpoint"
)

func main() {
	spendMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: failpoint.Clock()})
	stop()
	os.Exit(code)
}

// run executes one command line and gives its exit code.
func run(ctx context.Context, args []string, app *App) int {
	root := newRootCommand(app)
	root.SetArgs(args)
	root.SetIn(app.In)
	root.SetOut(app.Out)
	root.SetErr(app.Err)
	return report(app.Err, root.ExecuteContext(ctx))
}
