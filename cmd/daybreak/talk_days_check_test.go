package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

// What follows knows nothing of how daybreak works: it reads the mails that were sent, and what was written, and holds them against the rules
// as people are told them.

func talkHeader(raw []byte, name string) (decoded, plain string) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", ""
	}
	decoded, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	if err != nil {
		decoded = m.Header.Get(name)
	}
	return decoded, m.Header.Get(name)
}

// talkText is the text part of a mail.
func talkText(t *testing.T, raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	must(t, err)
	var r io.Reader = part
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(part)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, part)
	}
	text, err := io.ReadAll(r)
	must(t, err)
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	for i, l := range lines { // RFC 3676
		lines[i] = strings.TrimPrefix(l, " ")
	}
	return strings.Join(lines, "\n")
}

// talkBlock is an item in a mail, with what stands below it.
type talkBlock struct {
	section  string
	line     string
	word     string
	mark     string
	note     string
	comments []string        // their words
	taps     map[string]bool // "👍 Kofi"
}

// talkBlocks takes a mail apart into its items.
func talkBlocks(text string) (list []talkBlock) {
	section := ""
	for _, l := range strings.Split(text, "\n") {
		l = strings.TrimRight(l, " ")
		s := strings.TrimSpace(l)
		switch mark := talkMark.FindStringSubmatch(l); {
		case s == "":
		case !strings.HasPrefix(l, " "):
			section = s
		case mark != nil:
			list = append(list, talkBlock{section: section, line: l, word: talkWord.FindString(l), mark: mark[1], taps: map[string]bool{}})
		case len(list) == 0:
		case strings.HasPrefix(s, "↳"):
			b := &list[len(list)-1]
			s = strings.TrimSpace(strings.TrimPrefix(s, "↳"))
			if words := talkWord.FindAllString(s, -1); len(words) > 0 {
				b.comments = append(b.comments, words...)
				continue
			}
			for _, piece := range strings.Split(s, " · ") {
				emoji, names, _ := strings.Cut(piece, " ")
				for _, name := range strings.Split(strings.ReplaceAll(names, " and ", ", "), ", ") {
					b.taps[emoji+" "+strings.TrimSpace(name)] = true
				}
			}
		case strings.HasPrefix(l, "    "):
			list[len(list)-1].note += s
		}
	}
	return list
}

// works tells whether a minute is in a person's hours.
func (p talker) works(at time.Time) bool {
	local := at.In(p.location())
	return local.Weekday() != time.Saturday && local.Weekday() != time.Sunday && local.Hour() >= p.start && local.Hour() < p.end
}

// due is when an answer of the person's is due, found minute by minute. hours are those of work that the team has agreed, 0 for a working day.
func (p talker) due(at time.Time, hours int) time.Time {
	for !p.works(at) {
		at = at.Add(time.Minute)
	}
	if hours > 0 {
		for n := 0; n < 60*hours; at = at.Add(time.Minute) {
			if p.works(at) {
				n++
			}
		}
		return at
	}
	clock := func(t time.Time) string { return t.In(p.location()).Format("15:04") }
	day := func(t time.Time) string { return t.In(p.location()).Format(time.DateOnly) }
	for t := at; ; t = t.Add(time.Minute) {
		if day(t) != day(at) && p.works(t) && clock(t) >= clock(at) {
			return t
		}
	}
}

// endOf is when the person's hours end on the next day of that name after it was written, by the writer's calendar.
func (p talker) endOf(weekday string, by talker, at time.Time) time.Time {
	day := at.In(by.location())
	for day.Weekday().String() != weekday {
		day = day.AddDate(0, 0, 1)
	}
	last := time.Time{}
	for t := at; t.Before(at.AddDate(0, 0, 5)); t = t.Add(time.Minute) {
		if p.works(t) && t.In(p.location()).Format(time.DateOnly) == day.Format(time.DateOnly) {
			last = t.Add(time.Minute)
		}
	}
	return last
}

// check holds all that was sent against all that was written.
func (d *talkDays) check() {
	t := d.t
	words := map[string]uttered{}
	for _, u := range d.said {
		words[u.word] = u
	}
	for i, u := range d.said { // a comment is of the team of what it answers
		if u.team == "" {
			d.said[i].team = words[u.on].team
			words[u.word] = d.said[i]
		}
	}
	slices.SortStableFunc(d.mails, func(a, b talkMail) int { return a.at.Compare(b.at) })
	kinds := map[string]int{}
	for _, u := range d.said {
		kinds[u.kind]++
	}
	kinds["tap"], kinds["fate"], kinds["mail"] = len(d.taps), len(d.fates), len(d.mails)
	t.Logf("seed %d: %v", d.seed, kinds)
	for _, kind := range []string{"item", "plan", "ask", "stuck", "comment", "private", "tap", "fate"} {
		if kinds[kind] < 2 {
			t.Errorf("only %d of %s: too little happened", kinds[kind], kind)
		}
	}
	d.checkWho(words)
	for _, p := range talkers() {
		var got []talkMail
		for _, m := range d.mails {
			if m.to.name == p.name {
				got = append(got, m)
			}
		}
		d.checkHours(p, got)
		d.checkComments(p, got, words)
		d.checkAsks(p, got, words)
		d.checkStuck(p, got)
		d.checkPlans(p, got)
		d.checkThreads(p, got)
	}
	d.checkTaps()
	if w := os.Getenv("DAYBREAK_WORDS"); w != "" {
		d.dump(strings.Split(w, ",")...)
	}
}

// checkWho sees that nobody reads what is not for them.
func (d *talkDays) checkWho(words map[string]uttered) {
	alone := map[string]int{}
	for _, m := range d.mails {
		seen := map[string]bool{}
		for _, w := range talkWord.FindAllString(talkText(d.t, m.raw)+string(htmlOf(d.t, m.raw)), -1) {
			if seen[w] {
				continue
			}
			seen[w] = true
			u, known := words[w]
			switch {
			case !known:
				d.t.Errorf("%s got %s, which nobody said", m.to.name, w)
			case u.at.After(m.at):
				d.t.Errorf("%s got %s before it was said", m.to.name, w)
			case u.kind == "private":
				alone[w]++
				if m.to.name != words[u.on].by.name || m.kind != team.NoticeMail {
					d.t.Errorf("%s got the private word %s of %s in a %s; it is for %s", m.to.name, w, u.by.name, m.kind, words[u.on].by.name)
				}
			case !m.to.in(u.team):
				d.t.Errorf("%s got %s of %s, which is of %s", m.to.name, w, u.by.name, u.team)
			}
		}
	}
	for _, u := range d.said {
		if u.kind == "private" && alone[u.word] != 1 && words[u.on].by.name != u.by.name {
			d.t.Errorf("the private word %s of %s to %s came %d times", u.word, u.by.name, words[u.on].by.name, alone[u.word])
		}
		if u.kind == "comment" || u.kind == "private" {
			continue
		}
		for _, p := range talkers() {
			if !p.in(u.team) || p.name == u.by.name {
				continue
			}
			first := ""
			for _, m := range d.mails {
				if m.to.name != p.name || m.kind != team.DigestMail || m.at.Before(u.at) {
					continue
				}
				has := strings.Contains(talkText(d.t, m.raw), u.word)
				if first = m.at.Format("2 Jan 15:04"); has {
					first = "it"
				}
				if has || m.at.After(u.at.Add(time.Minute)) {
					break
				}
			}
			if first != "it" {
				d.t.Errorf("%s of %s (%s) is not in the next digest of %s (%s)", u.word, u.by.name, u.at.Format("2 Jan 15:04"), p.name, first)
			}
		}
	}
}

func htmlOf(t *testing.T, raw []byte) []byte {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	parts := multipart.NewReader(m.Body, params["boundary"])
	_, err = parts.NextRawPart()
	must(t, err)
	part, err := parts.NextPart() // which decodes what is quoted-printable
	must(t, err)
	html, err := io.ReadAll(part)
	must(t, err)
	return html
}

// checkHours sees that nothing but the answers to their own mails comes outside their hours.
func (d *talkDays) checkHours(p talker, got []talkMail) {
	for _, m := range got {
		if m.kind != team.ReceiptMail && !p.works(m.at) {
			d.t.Errorf("%s got a %s at %s", p.name, m.kind, m.at.In(p.location()).Format("Mon 2 Jan 15:04 MST"))
		}
	}
}

// checkComments sees that what was answered to an item is told once to each who reads it, at the first chance, and else only above what is new.
func (d *talkDays) checkComments(p talker, got []talkMail, words map[string]uttered) {
	told, taps := map[string]talkMail{}, map[string]bool{}
	beside := map[string]talkMail{} // what stood above what was told at once, and was said before they took part: a digest tells it, too
	takesPart := func(item string, before time.Time) bool {
		takes := words[item].by.name == p.name
		for _, o := range d.said {
			takes = takes || o.kind == "comment" && o.on == item && o.by.name == p.name && o.at.Before(before)
		}
		return takes
	}
	for _, m := range got {
		if m.kind != team.DigestMail && m.kind != team.NoticeMail {
			continue
		}
		for _, b := range talkBlocks(talkText(d.t, m.raw)) {
			news := false
			var again []string
			for _, w := range b.comments {
				if c := words[w]; c.on != b.word {
					d.t.Errorf("%s of %s stands below %s, but answers %s (a %s to %s)", w, c.by.name, b.word, c.on, m.kind, p.name)
				}
				if _, known := told[w]; known {
					again = append(again, w)
				} else if m.kind == team.NoticeMail && words[w].by.name != p.name && !takesPart(b.word, words[w].at) {
					beside[w] = m
				} else if words[w].by.name != p.name {
					told[w], news = m, true
				}
			}
			for tap := range b.taps {
				if key := b.word + " " + tap; m.kind == team.DigestMail && !taps[key] && !strings.HasSuffix(tap, " you") { // they are not told at once
					taps[key], news = true, true
				}
			}
			if len(again) > 0 && !news {
				d.t.Errorf("%s is told %v on %s again at %s (%s), with nothing new", p.name, again, b.word, m.at.Format("2 Jan 15:04"), m.kind)
			}
		}
	}
	for _, c := range d.said {
		if c.kind != "comment" || !p.in(c.team) || p.name == c.by.name {
			continue
		}
		m, ok := told[c.word]
		if _, above := beside[c.word]; above {
			continue
		}
		if !ok {
			d.t.Errorf("%s of %s on %s (%s) was never told to %s", c.word, c.by.name, c.on, c.at.Format("2 Jan 15:04"), p.name)
			continue
		}
		for _, o := range got {
			if m.kind == team.NoticeMail && o.kind == team.DigestMail && o.at.Sub(m.at).Abs() < time.Minute && o.at.After(c.at.Add(time.Minute)) {
				d.t.Errorf("%s of %s was told to %s in a mail of its own at %s, beside the digest", c.word, c.by.name, p.name, m.at.Format("2 Jan 15:04"))
			}
		}
		if m.kind == team.NoticeMail && (!p.atOnce || !takesPart(c.on, m.at)) {
			d.t.Errorf("%s of %s was told to %s at once, who did not want that", c.word, c.by.name, p.name)
		}
		for _, o := range got { // no digest that could have told it came before
			if o.kind == team.DigestMail && o.at.After(c.at.Add(time.Minute)) && o.at.Before(m.at.Add(-5*time.Minute)) {
				d.t.Errorf("%s of %s (%s) was told to %s at %s, and not in the digest of %s", c.word, c.by.name, c.at.Format("2 Jan 15:04"), p.name, m.at.Format("2 Jan 15:04"), o.at.Format("2 Jan 15:04"))
				break
			}
		}
	}
}

// checkAsks sees that whoever is asked is told so, and when an answer is due, until they have answered; so is who asked.
func (d *talkDays) checkAsks(p talker, got []talkMail, words map[string]uttered) {
	for _, u := range d.said {
		mine := u.asked == p.name
		if u.kind != "ask" || !mine && u.by.name != p.name {
			continue
		}
		asked := talkers()[slices.IndexFunc(talkers(), func(o talker) bool { return o.name == u.asked })]
		answered := d.to.AddDate(1, 0, 0)
		for _, c := range d.said {
			if c.kind == "comment" && c.on == u.word && c.by.name == u.asked && c.at.Before(answered) {
				answered = c.at
			}
		}
		for _, tap := range d.taps {
			if tap.on == u.word && tap.by.name == u.asked && tap.at.Before(answered) {
				answered = tap.at
			}
		}
		due := asked.due(u.at, map[string]int{"tower": 4}[u.team])
		if u.until != "" {
			if end := asked.endOf(u.until, u.by, u.at); end.After(u.at) {
				due = end
			}
		}
		local := due.In(p.location())
		city := strings.ReplaceAll(p.zone[strings.LastIndex(p.zone, "/")+1:], "_", " ")
		when := local.Format("Mon 2 Jan, 15:04") + " (" + city + ")"
		for _, m := range got {
			shows := m.kind == team.DigestMail || m.kind == team.PromptMail && mine
			if !shows || m.at.Before(u.at.Add(time.Minute)) {
				continue
			}
			if subject, _ := talkHeader(m.raw, "Subject"); m.kind == team.PromptMail && !strings.HasPrefix(strings.ToLower(subject), u.team+":") {
				continue
			}
			var found *talkBlock
			for _, b := range talkBlocks(talkText(d.t, m.raw)) {
				if b.word == u.word && (strings.Contains(b.line, u.by.name+" asks you: ") || strings.Contains(b.line, "  You asked "+u.asked+", ")) {
					found = &b
				}
			}
			open := m.at.Before(answered.Add(-time.Minute))
			switch {
			case m.at.Sub(answered).Abs() <= time.Minute:
			case found == nil && open:
				d.t.Errorf("the %s to %s of %s does not show what %s asked %s at %s: %s", m.kind, p.name, m.at.Format("2 Jan 15:04"), u.by.name, u.asked, u.at.Format("2 Jan 15:04"), u.word)
			case found != nil && !open:
				d.t.Errorf("the %s to %s of %s shows %s as open, which %s answered at %s", m.kind, p.name, m.at.Format("2 Jan 15:04"), u.word, u.asked, answered.Format("2 Jan 15:04"))
			case found != nil:
				want := map[bool]string{true: "answer by ", false: "not answered yet; due "}[mine]
				if m.at.After(due) {
					want = map[bool]string{true: "an answer was due ", false: "not answered yet; it was due "}[mine]
				}
				if m.at.Sub(due).Abs() > time.Minute && found.note != want+when {
					d.t.Errorf("%s, asked of %s at %s in %s (until %q): the %s to %s of %s says %q, want %q", u.word, u.asked, u.at.In(asked.location()).Format("Mon 2 Jan 15:04"), u.team, u.until, m.kind, p.name, m.at.Format("2 Jan 15:04"), found.note, want+when)
				}
			}
		}
	}
	if !p.lead {
		return
	}
	for _, m := range got { // a lead sees what nobody has answered a working day after it was due
		for _, b := range talkBlocks(talkText(d.t, m.raw)) {
			u, ok := words[b.word]
			if !ok || !strings.HasPrefix(b.note, "nobody has answered") {
				continue
			}
			asked := talkers()[slices.IndexFunc(talkers(), func(o talker) bool { return o.name == u.asked })]
			due := asked.due(u.at, map[string]int{"tower": 4}[u.team])
			if u.until != "" {
				due = asked.endOf(u.until, u.by, u.at)
			}
			if late := asked.due(due, 0); m.at.Before(late) {
				d.t.Errorf("the lead %s sees %s at %s, a working day after it was due only at %s", p.name, u.word, m.at, late)
			}
		}
	}
}

// checkStuck sees that what is in the way is shown until somebody says that it is not any more.
func (d *talkDays) checkStuck(p talker, got []talkMail) {
	for _, u := range d.said {
		if u.kind != "stuck" || !p.in(u.team) || u.by.name == p.name {
			continue
		}
		solved := d.to.AddDate(1, 0, 0)
		for _, c := range d.said {
			if c.on == u.word && c.ends && c.at.Before(solved) {
				solved = c.at
			}
		}
		for _, m := range got {
			if m.kind != team.DigestMail || m.at.Before(u.at.Add(time.Minute)) || m.at.Sub(solved).Abs() <= time.Minute {
				continue
			}
			shown, still := false, false
			for _, b := range talkBlocks(talkText(d.t, m.raw)) {
				shown = shown || b.word == u.word
				still = still || b.word == u.word && b.section == "STILL STUCK"
			}
			if !shown && m.at.Before(solved) {
				d.t.Errorf("the digest to %s of %s does not show what is in the way of %s since %s: %s", p.name, m.at.Format("2 Jan 15:04"), u.by.name, u.at.Format("2 Jan 15:04"), u.word)
			}
			if still && m.at.After(solved) {
				d.t.Errorf("the digest to %s of %s shows %s as in the way, which was solved at %s", p.name, m.at.Format("2 Jan 15:04"), u.word, solved.Format("2 Jan 15:04"))
			}
		}
	}
}

// checkPlans sees that what was planned comes back with each prompt of its team until it is done or dropped.
func (d *talkDays) checkPlans(p talker, got []talkMail) {
	for _, u := range d.said {
		if u.kind != "plan" || u.by.name != p.name {
			continue
		}
		over := d.to.AddDate(1, 0, 0)
		for _, f := range d.fates {
			if f.word == u.word && f.fate != "moved" && f.at.Before(over) {
				over = f.at
			}
		}
		for _, m := range got {
			if subject, _ := talkHeader(m.raw, "Subject"); m.kind != team.PromptMail || !strings.HasPrefix(strings.ToLower(subject), u.team+":") ||
				m.at.Before(u.at.Add(time.Minute)) || m.at.Sub(over).Abs() <= time.Minute {
				continue
			}
			listed := false
			for _, l := range planLine.FindAllStringSubmatch(talkText(d.t, m.raw), -1) {
				listed = listed || l[2] == u.word
			}
			if want := m.at.Before(over); listed != want && (listed || m.at.Before(u.at.AddDate(0, 0, 6))) { // after a week nobody asks for it any more
				d.t.Errorf("the prompt to %s of %s lists %s: %v; it was planned at %s, and over at %s", p.name, m.at.Format("2 Jan 15:04"), u.word, listed, u.at.Format("2 Jan 15:04"), over.Format("2 Jan 15:04"))
			}
		}
	}
}

// checkThreads sees that each digest begins a thread, and that what is told at once joins that of a digest that showed its item.
func (d *talkDays) checkThreads(p talker, got []talkMail) {
	ids := map[string]bool{}
	for _, m := range got {
		_, id := talkHeader(m.raw, "Message-ID")
		_, answers := talkHeader(m.raw, "In-Reply-To")
		_, thread := talkHeader(m.raw, "References")
		if ids[id] {
			d.t.Errorf("%s got %s twice", p.name, id)
		}
		ids[id] = true
		if answers != "" && !strings.Contains(thread, answers) {
			d.t.Errorf("a %s to %s answers %s, but is in the thread %q", m.kind, p.name, answers, thread)
		}
		blocks := talkBlocks(talkText(d.t, m.raw))
		switch {
		case m.kind == team.DigestMail && answers+thread != "":
			d.t.Errorf("a digest to %s joins the thread %q", p.name, answers+thread)
		case m.kind == team.NoticeMail && len(blocks) > 0:
			shown := map[string]string{}
			newest, before := "", "" // one that leaves at the same time may not have left yet
			for _, o := range got {
				if o.kind != team.DigestMail || !o.at.Before(m.at) {
					continue
				}
				if m.at.Sub(o.at) > time.Minute {
					_, before = talkHeader(o.raw, "Message-ID")
				}
				_, newest = talkHeader(o.raw, "Message-ID")
				for _, b := range talkBlocks(talkText(d.t, o.raw)) {
					if b.word == blocks[0].word {
						shown[newest] = b.mark
					}
				}
			}
			mark, ok := shown[answers]
			if len(shown) > 0 && (!ok || mark != blocks[0].mark) {
				d.t.Errorf("what is told at once to %s on %s (as %s) answers %s, and was shown in %v", p.name, blocks[0].word, blocks[0].mark, answers, shown)
			}
			if len(shown) == 0 && answers != newest && answers != before {
				d.t.Errorf("what is told at once to %s on %s answers %q, want %q", p.name, blocks[0].word, answers, newest)
			}
		}
	}
}

// checkTaps sees that reactions are shown with the names of those who reacted, and at least to whose item it is.
func (d *talkDays) checkTaps() {
	done := map[string]bool{}
	for _, tap := range d.taps {
		done[fmt.Sprint(tap.on, " ", tap.emoji, " ", tap.by.name)] = true
	}
	shown := map[string]bool{}
	for _, m := range d.mails {
		for _, b := range talkBlocks(talkText(d.t, m.raw)) {
			for tap := range b.taps {
				emoji, name, _ := strings.Cut(tap, " ")
				if name == "you" {
					name = m.to.name
				}
				if key := fmt.Sprint(b.word, " ", emoji, " ", name); !done[key] {
					d.t.Errorf("%s is told of %s on %s by %s, which did not happen", m.to.name, emoji, b.word, name)
				} else {
					shown[key+" "+m.to.name] = true
				}
			}
		}
	}
	for _, tap := range d.taps {
		for _, u := range d.said {
			if u.word == tap.on && u.by.name != tap.by.name && !shown[fmt.Sprint(tap.on, " ", tap.emoji, " ", tap.by.name, " ", u.by.name)] {
				d.t.Errorf("%s was not told of %s on %s by %s", u.by.name, tap.emoji, tap.on, tap.by.name)
			}
		}
	}
}

// dump writes all mails that have a word, for a look.
func (d *talkDays) dump(words ...string) {
	for _, w := range words {
		for _, u := range d.said {
			if u.word == w || u.on == w {
				d.t.Logf("SAID %+v", u)
			}
		}
		for _, m := range d.mails {
			if strings.Contains(talkText(d.t, m.raw), w) {
				s, _ := talkHeader(m.raw, "Subject")
				d.t.Logf("MAIL to %s %s at %s: %s\n%s", m.to.name, m.kind, m.at.Format("2 Jan 15:04:05"), s, talkText(d.t, m.raw))
			}
		}
	}
}
