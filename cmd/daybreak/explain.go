package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybreak/internal/config"
	"daybreak/internal/store"
	"daybreak/internal/team"
	"daybreak/mailin"
	"daybreak/mailin/mime"
	"daybreak/mailin/reply"
)

func newExplainCommand(app *App) *cobra.Command {
	var asJSON, lines bool
	c := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Show what daybreak makes of one raw mail; stores and sends nothing",
		Long: `Show what daybreak makes of one raw mail: who wrote it, what it answers, the words kept, each part left out and
why, and the outcome that it would have. Nothing is stored and nothing is sent.

With --jsonl, read JSON lines {"id","text"}, {"id","html"} or {"id","eml"} (base64 of the raw mail) and write one line for each.

With a configuration the members and the mails sent are looked up in its database; without one, every sender is unknown.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if lines && asJSON {
				return withHint(misuse{errors.New("--json and --jsonl are two forms: give one of them")}, cmd.CommandPath()+" --help")
			}
			if lines {
				return cobra.MaximumNArgs(1)(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			in := app.In
			if len(args) == 1 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return unreadable(fmt.Errorf("reading the mail: %w", err), args[0], "daybreak explain - < FILE   # reads standard input")
				}
				defer f.Close()
				in = f
			}
			return app.withReader(cmd.Context(), func(r *mailin.Reader) error {
				if lines {
					return explainLines(cmd.Context(), r, in, app.Out, app.Err)
				}
				raw, err := io.ReadAll(in)
				if err != nil {
					return fmt.Errorf("reading the mail: %w", err)
				}
				v, err := explain(cmd.Context(), r, raw)
				if err != nil {
					return err
				}
				if asJSON {
					e := json.NewEncoder(app.Out)
					e.SetIndent("", "  ")
					e.SetEscapeHTML(false)
					return e.Encode(explainJSON(nil, v))
				}
				return printVerdict(app.Out, v)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&lines, "jsonl", false, "read and write JSON lines")
	return c
}

// withReader gives a reader over the configured database, or over an empty one where there is no configuration.
func (a *App) withReader(ctx context.Context, f func(*mailin.Reader) error) error {
	_, err := a.configFile()
	if err != nil && a.ConfigPath == "" {
		return f(&mailin.Reader{Directory: nobody{}})
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Database); errors.Is(err, os.ErrNotExist) {
		return f(&mailin.Reader{Address: c.Address, Directory: nobody{}})
	}
	return a.withStore(ctx, toLook, func(c *config.Config, s *store.Store) error {
		r, err := reader(ctx, c, s)
		if err != nil {
			return err
		}
		return f(r)
	})
}

// nobody is the directory of a place without members.
type nobody struct{}

func (nobody) PersonByAddress(context.Context, string) (team.Person, bool, error) {
	return team.Person{}, false, nil
}

func (nobody) Person(context.Context, int64) (team.Person, bool, error) {
	return team.Person{}, false, nil
}

func (nobody) Sent(context.Context, team.MailKind, int64, int64, team.Date) (team.Sent, bool, error) {
	return team.Sent{}, false, nil
}

func (nobody) Allowing(context.Context, string) ([]team.Person, error)   { return nil, nil }
func (nobody) LatestPrompts(context.Context, int64) ([]team.Sent, error) { return nil, nil }

func (nobody) Teams(context.Context) ([]team.Team, error) { return nil, nil }

func (nobody) Members(context.Context, int64) ([]team.Person, error) { return nil, nil }

func (nobody) AskedOf(context.Context, int64, []int64) ([]int64, error) { return nil, nil }

func (nobody) Invited(context.Context, int64) ([]team.Person, error) { return nil, nil }

func explain(ctx context.Context, r *mailin.Reader, raw []byte) (mailin.Verdict, error) {
	return r.Explain(ctx, mailin.Raw{Bytes: raw, Size: int64(len(raw))}, time.Now())
}

// The JSON form of a verdict.
type (
	jsonVerdict struct {
		ID          json.RawMessage  `json:"id,omitempty"` // as it was given: a string, a number
		Kind        string           `json:"kind"`
		Outcome     team.Outcome     `json:"outcome"`
		Reason      string           `json:"reason"`
		From        string           `json:"from"`
		Subject     string           `json:"subject"`
		Date        string           `json:"date"`
		Member      string           `json:"member,omitempty"`
		Answers     string           `json:"answers,omitempty"`
		Proof       string           `json:"proof,omitempty"` // pass, none or fail, if it was looked for
		Day         string           `json:"day,omitempty"`
		Receipt     team.AnswerKind  `json:"receipt,omitempty"`
		AwayFrom    string           `json:"away_from,omitempty"`  // the first day of the leave that it tells of
		AwayUntil   string           `json:"away_until,omitempty"` // the last one
		Failed      *[]jsonFailure   `json:"failed,omitempty"`     // of a bounce or a complaint
		Text        string           `json:"text"`
		Reply       string           `json:"reply"`
		Items       []jsonItem       `json:"items"`
		Comments    []jsonComment    `json:"comments,omitempty"` // answers to items of a digest
		Short       reply.Short      `json:"short,omitempty"`    // nothing, skip or off instead of items
		Elided      []jsonElided     `json:"elided"`
		Attachments []jsonAttachment `json:"attachments"`
		Confidence  float64          `json:"confidence"`
		Steps       []string         `json:"steps,omitempty"`
		Defects     []string         `json:"defects,omitempty"`
	}
	jsonFailure struct {
		Recipient string `json:"recipient"`
		Status    string `json:"status"` // as stated, else ""
		Permanent bool   `json:"permanent"`
	}
	jsonItem struct {
		Kind     team.Kind `json:"kind"`
		Question int       `json:"question"`
		Text     string    `json:"text"`
	}
	jsonComment struct {
		Mark     string `json:"mark"`
		Text     string `json:"text"`
		Reaction bool   `json:"reaction,omitempty"`
	}
	jsonElided struct {
		Text string `json:"text"`
		Why  string `json:"why"`
	}
	jsonAttachment struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Size int64  `json:"size"`
	}
)

// kindOf names who or what wrote a mail: "person", or the machine's outcome.
func kindOf(v mailin.Verdict) string {
	if v.Machine != "" {
		return string(v.Machine)
	}
	return "person"
}

func explainJSON(id json.RawMessage, v mailin.Verdict) jsonVerdict {
	m := v.Message
	out := jsonVerdict{ID: id, Kind: kindOf(v), Outcome: v.Mail.Outcome, Reason: v.Mail.Reason, From: v.Mail.From, Subject: m.Subject,
		Text: mime.Text(m.Body), Reply: v.Reading.Reply, Confidence: v.Reading.Confidence, Steps: v.Reading.Steps, Defects: m.Defects,
		Items: []jsonItem{}, Short: v.Reading.Short, Elided: []jsonElided{}, Attachments: []jsonAttachment{}}
	if !m.Date.IsZero() {
		out.Date = m.Date.Format(time.RFC3339)
	}
	if v.Person != nil {
		out.Member = v.Person.Address()
	}
	out.Proof = string(v.Proof.Verdict)
	if v.Answers != nil {
		out.Answers = fmt.Sprintf("%s of %s", v.Answers.Kind, v.Answers.Day)
	}
	if v.Mail.Update != nil {
		out.Day = v.Mail.Update.Day.String()
	}
	if a := v.Mail.Answer; a != nil && a.Kind.IsReceipt() {
		out.Receipt = a.Kind
	}
	if v.Leave != nil {
		out.AwayFrom, out.AwayUntil = v.Leave.From.String(), v.Leave.Through.String()
	}
	if v.Machine == team.Bounce || v.Machine == team.Complaint {
		out.Failed = &[]jsonFailure{}
		for _, f := range v.Failed {
			*out.Failed = append(*out.Failed, jsonFailure{f.Recipient, f.Status, f.Permanent})
		}
	}
	for _, item := range v.Reading.Items {
		out.Items = append(out.Items, jsonItem{item.Kind, item.Question, item.Text})
	}
	for _, c := range v.Reading.Comments {
		out.Comments = append(out.Comments, jsonComment{c.Mark, c.Text, c.Reaction})
	}
	for _, e := range v.Reading.Elided {
		out.Elided = append(out.Elided, jsonElided{e.Text, e.Why})
	}
	for _, a := range m.Attachments {
		out.Attachments = append(out.Attachments, jsonAttachment{a.Name, a.Type, a.Size})
	}
	return out
}

// explainLines answers each line of in by one of out, in order and at once. Lines that it cannot read are answered too, with an error.
func explainLines(ctx context.Context, r *mailin.Reader, in io.Reader, out, errs io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	w := bufio.NewWriter(out)
	encode := json.NewEncoder(w)
	encode.SetEscapeHTML(false)
	bad := 0
	for n := 1; ctx.Err() == nil; n++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			id, raw, wrong := explainInput(line)
			answer := any(map[string]any{"id": id, "error": fmt.Sprint(wrong)})
			if wrong == nil {
				v, err := explain(ctx, r, raw)
				if err != nil {
					return err
				}
				answer = explainJSON(id, v)
			} else {
				bad++
				fmt.Fprintf(errs, "daybreak: error: line %d: %v\n", n, wrong)
			}
			if err := encode.Encode(answer); err != nil {
				return err
			}
			if err := w.Flush(); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if bad > 0 {
				return fmt.Errorf("%s could not be read", count(bad, "line"))
			}
			return nil
		case err != nil:
			return fmt.Errorf("reading line %d: %w", n, err)
		}
	}
	return ctx.Err()
}

// jsonInput is one line of what is to be explained.
type jsonInput struct {
	ID   json.RawMessage `json:"id"`
	Text *string         `json:"text"`
	HTML *string         `json:"html"`
	EML  *string         `json:"eml"` // base64
}

// explainInput gives the raw mail that an input line stands for; a bare text or HTML becomes a mail with nothing else.
func explainInput(line []byte) (id json.RawMessage, raw []byte, err error) {
	var in jsonInput
	err = json.Unmarshal(line, &in)
	if in.ID == nil {
		in.ID = json.RawMessage("null")
	}
	if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) && kind.Field != "" {
		return in.ID, nil, fmt.Errorf("its %q is a JSON %s, not a string", kind.Field, kind.Value)
	} else if err != nil {
		return in.ID, nil, errors.New(`it is not {"id","text"}, {"id","html"} or {"id","eml"} in JSON`)
	}
	bare := func(subtype, body string) []byte {
		return []byte("MIME-Version: 1.0\nContent-Type: text/" + subtype + "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body)
	}
	switch {
	case in.EML != nil:
		if raw, err = base64.StdEncoding.DecodeString(*in.EML); err != nil {
			return in.ID, nil, fmt.Errorf(`its "eml" is not base64: %w`, err)
		}
		return in.ID, raw, nil
	case in.HTML != nil:
		return in.ID, bare("html", *in.HTML), nil
	case in.Text != nil:
		return in.ID, bare("plain", *in.Text), nil
	}
	return in.ID, nil, errors.New(`it has none of "text", "html" and "eml"`)
}

func printVerdict(out io.Writer, v mailin.Verdict) error {
	m := v.Message
	w := table(out)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, value)
		}
	}
	j := explainJSON(nil, v)
	row("from", j.From)
	row("subject", j.Subject)
	row("date", j.Date)
	row("kind", j.Kind)
	row("member", j.Member)
	row("answers", j.Answers)
	if v.How != "" {
		row("found by", v.How)
	}
	if v.Proof.Verdict != "" {
		row("proof", j.Proof+": "+v.Proof.Why)
	}
	for _, a := range m.Attachments {
		row("attached", fmt.Sprintf("%s (%s, %d bytes)", a.Name, a.Type, a.Size))
	}
	for _, d := range m.Defects {
		row("defect", d)
	}
	for _, s := range v.Reading.Steps {
		row("step", s)
	}
	row("says", string(j.Short))
	row("outcome", fmt.Sprintf("%s: %s", v.Mail.Outcome, v.Mail.Reason))
	for _, f := range v.Failed {
		how := "temporary"
		if f.Permanent {
			how = "permanent"
		}
		row("failed", strings.Join(strings.Fields(f.Recipient+" "+f.Status), " ")+", "+how+because(f.Why))
	}
	if v.Leave != nil {
		row("away", j.AwayFrom+" to "+j.AwayUntil)
	}
	row("receipt", string(j.Receipt))
	if v.Mail.Update != nil {
		row("day", j.Day)
	}
	if v.Reading.Reply != "" {
		row("confidence", fmt.Sprintf("%.2f", v.Reading.Confidence))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	block(out, "kept", v.Reading.Reply)
	for _, item := range v.Reading.Items {
		name := "item, " + string(item.Kind)
		if item.Question >= 0 {
			name += fmt.Sprintf(", question %d", item.Question+1)
		}
		block(out, name, item.Text)
	}
	for _, c := range v.Reading.Comments {
		name := "answer to " + c.Mark
		if c.Reaction {
			name = "reaction to " + c.Mark
		}
		block(out, name, c.Text)
	}
	for _, e := range v.Reading.Elided {
		block(out, "left out: "+e.Why, e.Text)
	}
	return nil
}

func block(out io.Writer, title, text string) {
	if text = strings.TrimRight(text, "\n"); text == "" {
		return
	}
	fmt.Fprintf(out, "\n%s\n", title)
	for _, line := range strings.Split(text, "\n") {
		fmt.Fprintf(out, "  | %s\n", line)
	}
}

// because puts a reason behind a fact, if there is one.
func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}
