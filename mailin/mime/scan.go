package mime

import (
	"bytes"
	"strings"
)

// scanner passes once over the bytes of a mail. Its position is always at the beginning of a line.
type scanner struct {
	raw    []byte
	pos    int
	bounds []string // of the multiparts that are open, outermost first
	*tally
}

// tally is what all scanners of one mail share.
type tally struct {
	parts    int
	inflated int // bytes unpacked of parts that have parts within
	defects  []string
}

const (
	maxDefects  = 50
	maxBoundary = 1000 // bytes; RFC 2046 allows 70
)

// defect notes what was wrong, once each.
func (t *tally) defect(text string) {
	if text == "" || len(t.defects) >= maxDefects {
		return
	}
	for _, d := range t.defects {
		if d == text {
			return
		}
	}
	t.defects = append(t.defects, text)
}

// mail is a Message in the making. Its leaves are decoded when the whole structure is known.
type mail struct {
	Message
	leaves   []leaf
	segments int
	kind     string // report-type of the outermost multipart/report
}

// leaf is a part without parts, not yet decoded.
type leaf struct {
	head    partHead
	body    []byte
	segment int   // the piece of the body it belongs to: its own, or that of the multipart/alternative around it
	choice  bool  // it stands in a multipart/alternative
	report  bool  // it stands in a multipart/report
	alone   bool  // it is the whole mail
	within  *mail // of message/rfc822
	other   bool  // it is not a piece of the body
	related bool  // it belongs to the first part of a multipart/related
	listed  int   // the number of its attachment, from 1
}

// place is where in the tree a part stands.
type place struct {
	depth   int
	segment int  // of the multipart/alternative around it, -1 if there is none
	report  bool // in a multipart/report
	digest  bool // directly in a multipart/digest
	related bool // directly in a multipart/related, and not its first part
	root    bool
}

// message reads a mail from the position to the next delimiter or to the end.
func (s *scanner) message(depth int) *mail {
	m := &mail{}
	limit := maxPartHeader
	if depth == 1 {
		limit = MaxHeader
	}
	fields := s.scanHeader(limit)
	h := partHeadOf(fields, false)
	m.readHeader(fields, h.params["charset"], s.tally)
	s.content(m, h, place{depth: depth, segment: -1, root: true})
	return m
}

// entity reads one part from the position to the next delimiter.
func (s *scanner) entity(m *mail, at place) {
	if s.parts++; s.parts > MaxParts {
		s.defect(defectParts)
		s.pos = len(s.raw)
		return
	}
	s.content(m, partHeadOf(s.scanHeader(maxPartHeader), at.digest), at)
}

// content reads the body of a part whose header has been read.
func (s *scanner) content(m *mail, h partHead, at place) {
	s.defect(h.defect)
	deep := at.depth >= MaxDepth
	switch {
	case deep && (h.multipart() || h.message()):
		s.defect(defectDepth)
	case h.multipart():
		s.multipart(m, h, at)
		return
	case h.message():
		s.forwarded(m, h, at)
		return
	}
	s.leaf(m, h, s.rest(), at)
}

// rest returns the bytes up to the next delimiter and moves there.
func (s *scanner) rest() []byte {
	start := s.pos
	end, next, _, _ := s.delimiter()
	s.pos = next
	return s.raw[start:max(start, end)]
}

// leaf keeps a part without parts.
func (s *scanner) leaf(m *mail, h partHead, body []byte, at place) *leaf {
	segment := at.segment
	if segment < 0 {
		segment = m.segments
		m.segments++
	}
	m.leaves = append(m.leaves, leaf{head: h, body: body, segment: segment,
		choice: at.segment >= 0 && !at.related, report: at.report, alone: at.root, related: at.related})
	return &m.leaves[len(m.leaves)-1]
}

// multipart reads the parts of a multipart, up to its closing delimiter and past its epilogue.
func (s *scanner) multipart(m *mail, h partHead, at place) {
	start := s.pos
	boundary := strings.TrimRight(h.params["boundary"], " \t")
	inside := place{depth: at.depth + 1, segment: at.segment, report: at.report || h.kind == "multipart/report", digest: h.kind == "multipart/digest"}
	if h.kind == "multipart/report" && m.kind == "" {
		m.kind = lower(h.params["report-type"])
	}
	if h.kind == "multipart/alternative" && at.segment < 0 {
		inside.segment = m.segments
		m.segments++
	}
	level := len(s.bounds)
	if boundary == "" || len(boundary) > maxBoundary {
		s.unbounded(m, h, s.rest(), at, inside)
		return
	}
	s.bounds = append(s.bounds, boundary)
	end, next, found, closing := s.delimiter()
	if found != level {
		s.bounds = s.bounds[:level]
		s.pos = next
		s.unbounded(m, h, s.raw[start:max(start, end)], at, inside)
		return
	}
	for found == level && !closing {
		s.pos = s.lineAfter(next)
		s.entity(m, inside)
		inside.related = h.kind == "multipart/related"
		_, next, found, closing = s.delimiter()
	}
	s.bounds = s.bounds[:level]
	if found == level {
		s.pos = s.lineAfter(next)
		_, s.pos, _, _ = s.delimiter() // past the epilogue
		return
	}
	s.pos = next
	if s.parts <= MaxParts {
		s.defect("multipart never closed")
	}
}

// unbounded reads the body of a multipart whose boundary is not declared or never seen: by a boundary that its lines
// suggest, else as text.
func (s *scanner) unbounded(m *mail, h partHead, body []byte, at, inside place) {
	s.defect("multipart without its boundary")
	declared := h.params["boundary"]
	if t, _ := transferOf(h.transfer); t != identity {
		if body = s.inflate(t, body); declared != "" && !bytes.Contains(body, []byte("--"+declared)) {
			declared = ""
		}
	} else {
		declared = ""
	}
	if declared == "" {
		declared = guessBoundary(body)
	}
	if declared == "" {
		h.kind = "text/plain"
		if likeHTML(body) {
			h.kind = "text/html"
		}
		h.transfer = ""
		s.leaf(m, h, body, at)
		return
	}
	h.params = map[string]string{"boundary": declared}
	h.transfer = ""
	sub := &scanner{raw: body, tally: s.tally}
	sub.content(m, h, place{depth: inside.depth, segment: inside.segment, report: inside.report})
}

// forwarded reads a mail within the mail.
func (s *scanner) forwarded(m *mail, h partHead, at place) {
	if s.parts++; s.parts > MaxParts {
		s.defect(defectParts)
		s.pos = len(s.raw)
		return
	}
	sub := s
	start := s.pos
	if t, _ := transferOf(h.transfer); t != identity {
		body := s.rest()
		sub = &scanner{raw: s.inflate(t, body), tally: s.tally}
		start = 0
		if len(sub.raw) == 0 {
			s.leaf(m, h, body, at)
			return
		}
	}
	sub.skipLeading()
	within := sub.message(at.depth + 1)
	end := sub.pos
	l := s.leaf(m, h, bytes.TrimRight(sub.raw[start:max(start, end)], "\r\n"), at)
	l.within = within
}

// inflate undoes the transfer encoding of a part that has parts within, which is against the rules but happens.
func (s *scanner) inflate(t transfer, body []byte) []byte {
	out, note := unpack(t, body, max(0, 4*MaxText-s.inflated))
	s.inflated += len(out)
	s.defect(note)
	return out
}

// skipLeading passes over what mailers and mailboxes leave before a header: a byte order mark and empty lines.
func (s *scanner) skipLeading() {
	for at := s.pos; at < len(s.raw); at++ {
		switch c := s.raw[at]; {
		case c == '\n':
			s.pos = at + 1
		case at == s.pos && bytes.HasPrefix(s.raw[at:], []byte("\xef\xbb\xbf")):
			s.pos, at = at+3, at+2
		case c != ' ' && c != '\t' && c != '\r' && c != 0:
			return
		}
	}
}

// delimiter finds the next delimiter line of an open multipart from the position on: where the text before it ends,
// where it begins itself, which boundary it has (-1 and the end of the input if there is none) and whether it closes.
func (s *scanner) delimiter() (end, next, level int, closing bool) {
	if len(s.bounds) == 0 {
		return len(s.raw), len(s.raw), -1, false
	}
	for at := dashes(s.raw, s.pos); at >= 0; at = dashes(s.raw, s.lineAfter(at)) {
		line := s.raw[at+2:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		level, closing := s.match(line)
		if level < 0 {
			continue
		}
		end = at
		if end > s.pos {
			end-- // the line end before it belongs to the delimiter
			for end > s.pos && s.raw[end-1] == '\r' {
				end--
			}
		}
		return end, at, level, closing
	}
	return len(s.raw), len(s.raw), -1, false
}

// dashes returns where the next line that begins with "--" begins, from the line at an offset on; -1 if there is none.
func dashes(b []byte, at int) int {
	if bytes.HasPrefix(b[at:], []byte("--")) {
		return at
	}
	if i := bytes.Index(b[at:], []byte("\n--")); i >= 0 {
		return at + i + 1
	}
	return -1
}

// match says of which open multipart a line without its "--" is the delimiter; the innermost wins.
func (s *scanner) match(line []byte) (level int, closing bool) {
	for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	for i := len(s.bounds) - 1; i >= 0; i-- {
		b := s.bounds[i]
		if len(line) < len(b) || string(line[:len(b)]) != b {
			continue
		}
		switch rest := line[len(b):]; {
		case len(rest) == 0:
			return i, false
		case string(rest) == "--":
			return i, true
		}
	}
	return -1, false
}

// isDelimiter says whether a header line is the delimiter of an open multipart.
func (s *scanner) isDelimiter(line string) bool {
	if len(s.bounds) == 0 || !strings.HasPrefix(line, "--") || len(line) > maxBoundary+100 {
		return false
	}
	level, _ := s.match([]byte(line[2:]))
	return level >= 0
}

// lineAfter returns where the line after the one at an offset begins.
func (s *scanner) lineAfter(at int) int {
	if i := bytes.IndexByte(s.raw[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s.raw)
}

// guessBoundary looks for a line that begins with "--" and is followed by the header of a part.
func guessBoundary(body []byte) string {
	for at := dashes(body, 0); at >= 0; {
		line, rest, _ := bytes.Cut(body[at:], []byte("\n"))
		name := string(bytes.TrimRight(line[:min(len(line), 200)], " \t\r")[2:])
		if len(name) > 0 && len(rest) >= 8 && strings.EqualFold(string(rest[:8]), "content-") {
			return name
		}
		at = dashes(body, len(body)-len(rest))
	}
	return ""
}

// likeHTML says whether a text begins as HTML does.
func likeHTML(b []byte) bool {
	b = bytes.ToLower(bytes.TrimSpace(b[:min(len(b), 512)]))
	return bytes.HasPrefix(b, []byte("<!doctype html")) || bytes.HasPrefix(b, []byte("<html")) || bytes.HasPrefix(b, []byte("<body"))
}
