package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// dialog asks for lines: on a terminal with a prompt, else line by line from whatever is at the input.
type dialog struct {
	in  io.Reader
	out io.Writer // prompts
}

// terminal is the file of the terminal that we are asking on, nil if there is none.
func (d *dialog) terminal() *os.File {
	if f, ok := d.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// line asks for a line. It is io.EOF if there is none any more.
func (d *dialog) line(ctx context.Context, prompt string) (string, error) {
	if d.terminal() != nil {
		fmt.Fprint(d.out, prompt)
	}
	text, err := waitFor(ctx, d.readLine)
	return strings.TrimSpace(text), err
}

// secret asks for a line that is not shown while it is typed. Space in it stays.
func (d *dialog) secret(ctx context.Context, prompt string) (string, error) {
	tty := d.terminal()
	if tty == nil {
		return waitFor(ctx, d.readLine)
	}
	fmt.Fprint(d.out, prompt)
	defer fmt.Fprintln(d.out)
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(tty.Fd()), before) // the reading may not have come to its end
	return waitFor(ctx, func() (string, error) {
		text, err := term.ReadPassword(int(tty.Fd()))
		return string(text), err
	})
}

// readLine reads byte by byte: what follows the line is not ours to take.
func (d *dialog) readLine() (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < 4096 {
		n, err := d.in.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			if errors.Is(err, io.EOF) && len(line) > 0 {
				return string(line), nil
			}
			return "", err
		}
	}
	return "", errors.New("the line is too long")
}

// waitFor ends with ctx even if the reading does not.
func waitFor(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	ch := make(chan answer, 1)
	go func() {
		text, err := read()
		ch <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-ch:
		return a.text, a.err
	}
}
