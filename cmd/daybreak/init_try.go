package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"daybreak/digest/outbox"
	"daybreak/internal/config"
	"daybreak/mailin"
)

// tryTime is how long a login may take while a person waits for it.
const tryTime = time.Minute

// try logs in with what is known until it works or the person decides.
func (i *initializer) try(ctx context.Context) error {
	if i.noTry {
		return nil
	}
	for {
		err := i.tryBoth(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		prompt, byPassword := "Write the files anyway? w for yes, Enter for no: ", i.draft.OAuth == nil
		if byPassword {
			prompt = "Try another password (p), write the files anyway (w), or stop (Enter)? "
		}
		choice, readErr := i.ask.line(ctx, prompt)
		switch strings.ToLower(choice) {
		case "w", "write", "y", "yes":
			return nil
		case "p", "password":
			if byPassword {
				if err := i.askPassword(ctx); err != nil {
					return err
				}
				continue
			}
		}
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return readErr
		}
		return withHint(errors.New("nothing was written"), "daybreak init --no-try   # writes without logging in")
	}
}

func (i *initializer) tryBoth(ctx context.Context) error {
	c, err := config.Parse([]byte(i.draft.Text()), i.file)
	if err != nil {
		return err
	}
	password := func(context.Context) (string, error) { return i.secret, nil }
	box, server := accounts(c)[0].mailbox(), submission(c)
	if box.Auth.Token != nil {
		token := func(context.Context) (string, error) { return i.accessToken, nil }
		box.Auth.Token, server.Auth.Token = token, token
	} else {
		box.Auth.Password = password
		if server.Auth.Password != nil {
			server.Auth.Password = password
		}
	}
	imapErr := i.say("IMAP", c.IMAP.Server, tryIMAP(ctx, box))
	smtpErr := trySMTP(ctx, server)
	if e := (*outbox.Error)(nil); errors.As(smtpErr, &e) && e.Phase == outbox.PhaseAuth && e.Code == 0 && server.Security == outbox.Plain {
		// A relay on this machine that knows no logins needs none.
		if server.Auth = (outbox.Auth{}); trySMTP(ctx, server) == nil {
			i.draft.SMTPUser, c.SMTP.User, smtpErr = "", "", nil
		}
	}
	return errors.Join(imapErr, i.say("SMTP", c.SMTP.Server, smtpErr))
}

func tryIMAP(ctx context.Context, box *mailin.Mailbox) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	session, err := box.Open(ctx)
	if err != nil {
		return err
	}
	return session.Close()
}

func trySMTP(ctx context.Context, server *outbox.Server) error {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	conn, err := server.Connect(ctx)
	if err != nil {
		return err
	}
	conn.Close()
	return nil
}

func (i *initializer) say(name string, server config.Server, err error) error {
	if err == nil {
		fmt.Fprintf(i.app.Out, "ok: %s %s\n", name, server)
		return nil
	}
	fmt.Fprintf(i.app.Err, "%s %s: %v\n", name, server, err)
	if remedy := remedyFor(err); remedy != "" {
		fmt.Fprintf(i.app.Err, "  %s\n", remedy)
	}
	return err
}

// remedyFor is the hint that report would print below the error, "" if there is none.
func remedyFor(err error) string {
	if h := (*hinted)(nil); errors.As(err, &h) && h.hint != "" {
		return h.hint
	}
	return hintFor(err)
}
