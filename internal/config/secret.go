package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Secret says where a password is. It holds no password itself: it is read each time that it is needed, so that a
// changed file counts at once and nothing can be printed by mistake.
type Secret struct {
	where Problem // file and line of the statement, and what it says
	read  func(ctx context.Context) (string, error)
	hint  string
}

// IsZero tells whether there is no secret at all.
func (s Secret) IsZero() bool { return s.read == nil }

// String says where the secret is, never what it is.
func (s Secret) String() string { return s.where.Text }

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Read gives the secret. Its error is a Problem that names the line of the configuration and the remedy.
func (s Secret) Read(ctx context.Context) (string, error) {
	if s.IsZero() {
		return "", errors.New("no secret is configured")
	}
	text, err := s.read(ctx)
	if err == nil {
		text = strings.TrimRight(text, "\r\n")
		switch {
		case text == "":
			err = errors.New("it is empty")
		case strings.ContainsAny(text, "\r\n\x00"):
			err = errors.New("it has more than one line")
		}
	}
	if err != nil {
		p := s.where
		p.Text, p.Hint, p.cause = fmt.Sprintf("reading %s: %v", s.where.Text, plain(err)), s.hint, err
		return "", p
	}
	return text, nil
}

// plain drops the file's name from an error, where the text before it has it already.
func plain(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// The keys that say where a password is, of which exactly one is given.
var secretKeys = []string{"password_file", "password_env", "password_command", "password_credential"}

// commandTime is how long a password command may take: long enough for a person to unlock a key.
const commandTime = time.Minute

// secret reads the keys of a section that say where its password is. It tells whether one is stated, be it wrongly.
func (c *Config) secret(t *table, section string, alsoOAuth bool) (s Secret, isStated bool) {
	stated := ""
	for _, key := range secretKeys {
		if !t.has(key) {
			continue
		}
		if stated != "" || alsoOAuth {
			other := stated
			if alsoOAuth {
				other = strings.Trim(t.name, "[]") + ".oauth"
			}
			t.wrong(key, "keep one of them", "%s has both %s and %s", t.name, other, key)
			continue
		}
		stated = key
	}
	isStated = t.forbid("password", fmt.Sprintf("put it into a file of its own that only daybreak can read and write password_file = %q", section+".secret"),
		"a password must not stand in the configuration")
	where := func(key, what string) Problem {
		return Problem{File: t.doc.file, Line: t.line(key), Text: what}
	}
	switch stated {
	case "password_file":
		if path, ok := c.path(t, stated, section+".secret"); ok {
			c.warnIfOpen(t, stated, path)
			return fileSecret(where(stated, "password_file "+path), path), true
		}
	case "password_env":
		if name, ok := t.text(stated, "DAYBREAK_PASSWORD"); ok {
			return variableSecret(where(stated, "the environment variable "+name), name), true
		}
	case "password_command":
		if argv, ok := command(t, stated); ok {
			return Secret{where: where(stated, "the output of password_command"), hint: "run the command by hand, as the user that daybreak runs as",
				read: func(ctx context.Context) (string, error) { return commandSecret(ctx, argv, c.dir) }}, true
		}
	case "password_credential":
		if name, ok := t.text(stated, section+".secret"); ok {
			return credentialSecret(where(stated, "the systemd credential "+name), name), true
		}
	default:
		name := section + ".secret"
		if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && !alsoOAuth {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return credentialSecret(Problem{File: t.doc.file, Line: t.doc.lines.of(t.path), Text: "the systemd credential " + name}, name), true
			}
		}
		return Secret{}, isStated
	}
	return Secret{}, true
}

func variableSecret(where Problem, name string) Secret {
	return Secret{where: where, hint: "export " + name + "=…   # or name a file with password_file",
		read: func(context.Context) (string, error) {
			value, ok := os.LookupEnv(name)
			if !ok {
				return "", errors.New("it is not set")
			}
			return value, nil
		}}
}

func fileSecret(where Problem, path string) Secret {
	return Secret{where: where, hint: fmt.Sprintf("put the secret into %s on one line, readable by the user that daybreak runs as", path),
		read: func(context.Context) (string, error) {
			data, err := os.ReadFile(path)
			return string(data), err
		}}
}

func credentialSecret(where Problem, name string) Secret {
	return Secret{where: where, hint: fmt.Sprintf("add LoadCredential=%s:/etc/daybreak/%s to the unit", name, name),
		read: func(context.Context) (string, error) {
			dir := os.Getenv("CREDENTIALS_DIRECTORY")
			if dir == "" {
				return "", errors.New("CREDENTIALS_DIRECTORY is not set: not started by systemd")
			}
			data, err := os.ReadFile(filepath.Join(dir, name))
			return string(data), err
		}}
}

// command reads a command: a line for the shell, or a list of words that are run as they are.
func command(t *table, key string) ([]string, bool) {
	if _, isList := t.values[key].([]any); !isList {
		line, ok := t.text(key, "pass show daybreak")
		return []string{"/bin/sh", "-c", line}, ok
	}
	words, _, _ := t.texts(key, "pass")
	if len(words) == 0 {
		t.wrong(key, `such as password_command = "pass show daybreak"`, "%s names no command", key)
		return nil, false
	}
	return words, true
}

// commandSecret gives the first line that a command prints, since password managers print more below it.
func commandSecret(ctx context.Context, argv []string, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		last := strings.TrimSpace(complaint.String())
		last = last[strings.LastIndexByte(last, '\n')+1:]
		if len(last) > 200 {
			last = last[:200]
		}
		if last != "" {
			return "", fmt.Errorf("%w: %q", err, last)
		}
		return "", err
	}
	line, _, _ := strings.Cut(out.String(), "\n")
	return line, nil
}

// path reads a file's path; a relative one starts at the directory of the configuration.
func (c *Config) path(t *table, key, example string) (string, bool) {
	path, ok := t.text(key, example)
	if !ok {
		return "", false
	}
	if strings.HasPrefix(path, "~") {
		t.wrong(key, "write the path out", "%s: ~ is not replaced here: %q", key, path)
		return "", false
	}
	return absolute(c.dir, path), true
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// warnIfOpen warns about a secret that every user of the machine can read.
func (c *Config) warnIfOpen(t *table, key, path string) {
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0 {
		c.warn(t, key, "chmod 600 "+path, "%s can be read by every user of this machine", path)
	}
}
