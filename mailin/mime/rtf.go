package mime

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// rtfStart is what the dictionary of compressed RTF holds at the beginning (MS-OXRTFCP section 2.1.3.1).
const rtfStart = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
	"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// fromCompressedRTF undoes the compression of a body in a winmail.dat, at most about limit bytes of it.
func fromCompressedRTF(b []byte, limit int) (out []byte, note string) {
	const cut = "compressed RTF that is cut off"
	if len(b) < 16 {
		return nil, cut
	}
	size, kind := binary.LittleEndian.Uint32(b[4:]), string(b[8:12])
	b = b[16:]
	limit = int(min(uint64(size), uint64(limit)))
	switch kind {
	case "MELA":
		return b[:min(len(b), limit)], ""
	case "LZFu":
	default:
		return nil, "compressed RTF of an unknown kind"
	}
	var dict [4096]byte
	at := copy(dict[:], rtfStart)
	out = make([]byte, 0, min(limit+17, 9*len(b)))
	for len(b) > 0 && len(out) < limit {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8; bit++ {
			if flags>>bit&1 == 0 {
				if len(b) < 1 {
					return out, cut
				}
				dict[at], out, b = b[0], append(out, b[0]), b[1:]
				at = (at + 1) % len(dict)
				continue
			}
			if len(b) < 2 {
				return out, cut
			}
			ref := int(b[0])<<8 | int(b[1])
			b = b[2:]
			from, n := ref>>4, ref&15+2
			if from == at {
				return out, ""
			}
			for range n {
				c := dict[from]
				dict[at], out = c, append(out, c)
				from, at = (from+1)%len(dict), (at+1)%len(dict)
			}
		}
	}
	return out, ""
}

// fromRTF gives back the HTML that an RTF text was made from (MS-OXRTFEX), or else its text.
func fromRTF(b []byte, limit int) (text string, html bool) {
	r := rtf{in: b, codepage: 1252, limit: limit}
	r.state.skip = 1
	r.read()
	return r.out.String(), r.html
}

// rtf is the state of reading an RTF text.
type rtf struct {
	in       []byte
	at       int
	limit    int
	out      strings.Builder
	html     bool // it was made from HTML
	codepage uint32
	fonts    map[int]uint32 // their code pages, where they have their own
	font     int            // that the font table speaks of
	state    rtfState
	stack    []rtfState
	over     int    // groups that are not in the stack
	pending  []byte // text not yet decoded
	pendCP   uint32 // its code page
	high     rune   // the first half of a character
	skipped  int    // what stands for a character to those who know no Unicode
}

// rtfState is what a group may change for itself.
type rtfState struct {
	font    int
	skip    int  // \uc
	ignored bool // a destination that is not text
	fonts   bool // the font table
	markup  bool // an HTML tag
	rtfOnly bool // \htmlrtf: not of the HTML
	fresh   bool // the group has just begun
	star    bool // \* stood at its beginning
}

const (
	maxRTFGroups  = 500
	codepageSigns = 42 // a font of signs
)

func (r *rtf) read() {
	for r.at < len(r.in) && r.out.Len()+len(r.pending) < r.limit {
		c := r.in[r.at]
		r.at++
		switch c {
		case '{':
			r.skipped = 0
			if len(r.stack) >= maxRTFGroups {
				r.over++
				continue
			}
			r.stack = append(r.stack, r.state)
			r.state.fresh, r.state.star = true, false
			continue
		case '}':
			r.skipped = 0
			if r.over > 0 {
				r.over--
			} else if n := len(r.stack); n > 0 {
				r.state, r.stack = r.stack[n-1], r.stack[:n-1]
				if n == 1 { // the end of the text
					r.at = len(r.in)
				}
			}
		case '\\':
			r.control()
			continue
		case '\r', '\n', 0:
			continue
		default:
			r.literal(c)
		}
		r.state.fresh = false
	}
	r.flush()
}

// literal takes one byte of text.
func (r *rtf) literal(c byte) {
	if r.skipped > 0 {
		r.skipped--
		return
	}
	if !r.shown() {
		return
	}
	cp := r.codepage
	if own, ok := r.fonts[r.state.font]; ok && !r.state.markup {
		cp = own
	}
	if cp != r.pendCP {
		r.flush()
		r.pendCP = cp
	}
	r.pending = append(r.pending, c)
}

// shown says whether text at this place is of what was encapsulated.
func (r *rtf) shown() bool {
	s := &r.state
	return !s.ignored && !s.fonts && !(r.html && s.rtfOnly)
}

// flush decodes what is pending.
func (r *rtf) flush() {
	if r.high != 0 {
		r.high = 0
		r.out.WriteRune('\ufffd')
	}
	if len(r.pending) == 0 {
		return
	}
	b := r.pending
	r.pending = r.pending[:0]
	switch {
	case ascii(b):
		r.out.Write(b)
	case r.pendCP == codepageSigns:
		for _, c := range b {
			if c >= 0x80 {
				r.out.WriteRune('•')
			} else {
				r.out.WriteByte(c)
			}
		}
	default:
		name := codepageName(r.pendCP)
		if name == "" {
			name = "windows-1252"
		}
		s, ok := decodeBy(name, b)
		if !ok && s == "" {
			s, _ = toUTF8(b, name)
		}
		r.out.WriteString(s)
	}
}

// write adds decoded text.
func (r *rtf) write(s string) {
	if r.skipped > 0 {
		r.skipped--
		return
	}
	if r.shown() {
		r.flush()
		r.out.WriteString(s)
	}
}

// unit takes one UTF-16 unit.
func (r *rtf) unit(u rune) {
	if !r.shown() {
		return
	}
	if high := r.high; high != 0 {
		r.high = 0
		if c := utf16.DecodeRune(high, u); c != '\ufffd' {
			r.out.WriteRune(c)
			return
		}
		r.out.WriteRune('\ufffd')
	}
	r.flush()
	if u >= 0xd800 && u < 0xdc00 {
		r.high = u
		return
	}
	r.out.WriteRune(u)
}

// control reads what stands behind a backslash.
func (r *rtf) control() {
	if r.at >= len(r.in) {
		return
	}
	c := r.in[r.at]
	r.at++
	if !letter(c) {
		switch c {
		case '\'':
			if r.at+1 < len(r.in) && hexValue[r.in[r.at]] < 16 && hexValue[r.in[r.at+1]] < 16 {
				r.literal(hexValue[r.in[r.at]]<<4 | hexValue[r.in[r.at+1]])
				r.at += 2
			}
		case '*':
			r.state.star = r.state.fresh
			return
		case '~':
			r.write("\u00a0")
		case '_':
			r.write("\u2011")
		case '-':
		case '\r', '\n':
			r.write("\n")
		default: // a brace or a backslash
			r.literal(c)
		}
		r.state.fresh = false
		return
	}
	start := r.at - 1
	for r.at < len(r.in) && letter(r.in[r.at]) && r.at-start < 32 {
		r.at++
	}
	word := string(r.in[start:r.at])
	n, given := 1, false
	if minus := r.at+1 < len(r.in) && r.in[r.at] == '-' && digit(r.in[r.at+1]); minus || r.at < len(r.in) && digit(r.in[r.at]) {
		if given = true; minus {
			r.at++
		}
		for n = 0; r.at < len(r.in) && digit(r.in[r.at]); r.at++ {
			if n < 1e8 {
				n = 10*n + int(r.in[r.at]-'0')
			}
		}
		if minus {
			n = -n
		}
	}
	if r.at < len(r.in) && r.in[r.at] == ' ' {
		r.at++
	}
	r.word(word, n, given)
	r.state.fresh = false
}

// word obeys a control word.
func (r *rtf) word(word string, n int, given bool) {
	s := &r.state
	switch word {
	case "htmltag":
		if s.star && !s.ignored {
			s.markup = true
		}
	case "htmlrtf":
		s.rtfOnly = n != 0
	case "fromhtml":
		r.html = n == 1
	case "ansicpg":
		if n > 0 {
			r.codepage = uint32(n)
		}
	case "uc":
		s.skip = max(0, min(n, 100))
	case "u":
		if given {
			r.skipped = 0
			r.unit(rune(uint16(n)))
			r.skipped = s.skip
		}
		return
	case "bin":
		r.at = min(len(r.in), r.at+max(0, n))
	case "f":
		if s.fonts {
			r.font = n
		} else {
			s.font = n
		}
	case "fcharset":
		if cp := fontCodepages[n]; s.fonts && cp != 0 && len(r.fonts) < 10_000 {
			if r.fonts == nil {
				r.fonts = map[int]uint32{}
			}
			r.fonts[r.font] = cp
		}
	case "fonttbl":
		s.fonts = true
	case "colortbl", "stylesheet", "info", "pict", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
		"nonshppict", "objdata", "datastore", "themedata", "xmlnstbl", "filetbl", "listtable", "revtbl":
		s.ignored = s.ignored || s.fresh || s.star
	case "par", "line", "sect", "page", "row":
		r.write("\n")
	case "tab", "cell":
		r.write("\t")
	case "bullet":
		r.write("•")
	case "lquote":
		r.write("‘")
	case "rquote":
		r.write("’")
	case "ldblquote":
		r.write("“")
	case "rdblquote":
		r.write("”")
	case "endash":
		r.write("–")
	case "emdash":
		r.write("—")
	default:
		if s.star && s.fresh { // a destination that nobody needs to know
			s.ignored = true
		}
	}
}

// fontCodepages are the code pages of the fonts' character sets, but for those that have the text's own.
var fontCodepages = map[int]uint32{2: codepageSigns, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
	177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250}
