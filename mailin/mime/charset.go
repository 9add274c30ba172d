package mime

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// toUTF8 decodes b by evidence: the declared charset if the bytes fit it, else UTF-8 if they are that, else a guess.
// Bytes that are valid UTF-8 with characters beyond ASCII do not fit a single-byte charset: that is not chance. The
// note says what was wrong with the declaration, "" if nothing.
func toUTF8(b []byte, declared string) (text, note string) {
	name := charsetName(declared)
	if ascii(b) {
		switch {
		case strings.HasPrefix(name, "utf-7"), name == "unicode-1-1-utf-7", name == "x-unicode-2-0-utf-7":
			return string(fromUTF7(b)), ""
		case strings.HasPrefix(name, "utf-16"), strings.HasPrefix(name, "utf-32"):
			if bytes.IndexByte(b, 0) < 0 { // not even its line ends
				return string(b), noted(len(b) > 0, "charset is not as declared: us-ascii")
			}
		case name == "iso-2022-kr", name == "iso-2022-cn", name == "iso-2022-cn-ext":
			s, ok := decode(shifted(name), fromShifts(b))
			return s, noted(!ok, "bytes that are not of the declared charset")
		case bytes.IndexByte(b, 0x1b) >= 0 && !strings.HasPrefix(name, "iso-2022"):
			if s, ok := decodeBy("iso-2022-jp", b); ok {
				return s, "escape sequences of iso-2022-jp"
			}
			return string(b), ""
		case strings.HasPrefix(name, "hz"), strings.HasPrefix(name, "iso-2022") && bytes.IndexByte(b, 0x1b) >= 0:
		default:
			return string(b), ""
		}
	}
	if strings.HasPrefix(name, "utf-16") && !marked(b) {
		if bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) {
			return string(b), "charset is not as declared: utf-8"
		}
		s, ok := decode(unicode.UTF16(endianness(name, b), unicode.IgnoreBOM), b[:len(b)&^1])
		return s, noted(!ok, "bytes that are not of the declared charset")
	}
	if marked(b) {
		if s, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(b); err == nil {
			return string(s), ""
		}
	}
	switch name {
	case "utf-8", "":
		if utf8.Valid(b) {
			return string(b), ""
		}
		return guess(b, name)
	case "us-ascii":
		if utf8.Valid(b) {
			return string(b), "charset is not as declared: utf-8"
		}
		return guess(b, "")
	}
	enc := lookup(name)
	if enc == nil {
		s, _ := guess(b, "")
		return s, "unknown charset"
	}
	if _, single := enc.(*charmap.Charmap); single && utf8.Valid(b) {
		return string(b), "charset is not as declared: utf-8"
	}
	s, ok := decode(enc, b)
	if ok {
		return s, ""
	}
	if utf8.Valid(b) && !ascii(b) && !strings.HasPrefix(name, "utf-16") {
		return string(b), "charset is not as declared: utf-8"
	}
	if ascii(b) || strings.Count(s, "\ufffd")*20 <= utf8.RuneCountInString(s) {
		return s, "bytes that are not of the declared charset"
	}
	return guess(b, "")
}

// marked says whether b begins with the byte order mark of UTF-16.
func marked(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
}

// endianness is the byte order of UTF-16 without a mark: as declared, else as the bytes of blanks, digits and Latin letters
// have it, else what RFC 2781 says.
func endianness(name string, b []byte) unicode.Endianness {
	switch {
	case strings.HasSuffix(name, "le"):
		return unicode.LittleEndian
	case strings.HasSuffix(name, "be"):
		return unicode.BigEndian
	}
	first, second := 0, 0
	for i := 0; i+1 < len(b) && i < 4096; i += 2 {
		if b[i] == 0 {
			first++
		}
		if b[i+1] == 0 {
			second++
		}
	}
	if second > first {
		return unicode.LittleEndian
	}
	return unicode.BigEndian
}

// shifted is the charset that the shifts of a 7-bit one lead to.
func shifted(name string) encoding.Encoding {
	if name == "iso-2022-kr" {
		return korean.EUCKR
	}
	return simplifiedchinese.GBK
}

// fromShifts brings text that shifts between two charsets, as iso-2022-kr does, to 8 bits.
func fromShifts(b []byte) []byte {
	out := make([]byte, 0, len(b))
	high := byte(0)
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == 0x0e:
			high = 0x80
		case c == 0x0f:
			high = 0
		case c == 0x1b && bytes.HasPrefix(b[i+1:], []byte("$)")):
			i += min(3, len(b)-i-1)
		case c == '\n':
			high = 0
			out = append(out, c)
		case c > ' ':
			out = append(out, c|high)
		default:
			out = append(out, c)
		}
	}
	return out
}

// noted is the note if there is something to note.
func noted(wrong bool, note string) string {
	if wrong {
		return note
	}
	return ""
}

func decodeBy(name string, b []byte) (string, bool) {
	enc := lookup(name)
	if enc == nil {
		return "", false
	}
	return decode(enc, b)
}

// decode says whether every byte of b is of the charset.
func decode(enc encoding.Encoding, b []byte) (string, bool) {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return string(bytes.ToValidUTF8(out, []byte("\ufffd"))), false
	}
	s := string(out)
	return s, !strings.Contains(s, "\ufffd")
}

// charsetName brings the ways of writing a charset to one.
func charsetName(s string) string {
	switch s {
	case "", "utf-8", "us-ascii", "iso-8859-1":
		return s
	}
	s = strings.ToLower(strings.Trim(s, " \t\r\n'\"<>;,"))
	if i := strings.IndexByte(s, '*'); i >= 0 { // a language after it, RFC 2231
		s = s[:i]
	}
	if a, ok := charsetAliases[s]; ok {
		return a
	}
	return s
}

// lookup finds the decoder of a charset, nil if it is not known. HTML's table comes first: its charsets are the supersets
// that are meant (windows-1252 for latin-1, GBK for gb2312, code page 932 for shift_jis).
func lookup(name string) encoding.Encoding {
	switch name {
	case "hz-gb-2312", "hz":
		return simplifiedchinese.HZGB2312
	case "gb2312", "gbk", "gb18030": // the widest of them has all that the others have
		return simplifiedchinese.GB18030
	case "utf-32":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	}
	if name == "" || len(name) > 64 {
		return nil
	}
	if enc, err := htmlindex.Get(name); err == nil && enc != encoding.Replacement {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
		return enc
	}
	if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding("cs" + name); err == nil && enc != nil {
		return enc
	}
	return nil
}

// charsetAliases are names seen in mail that no registry knows.
var charsetAliases = map[string]string{
	"ascii": "us-ascii", "ansi_x3.4-1968": "us-ascii", "iso646-us": "us-ascii", "646": "us-ascii", "usascii": "us-ascii", "us": "us-ascii",
	"iso_646.irv:1991": "us-ascii", "cp367": "us-ascii", "csascii": "us-ascii", "us_ascii": "us-ascii",
	"utf8": "utf-8", "utf_8": "utf-8", "utf-8n": "utf-8", "unicode": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-utf_8j": "utf-8",
	"cp65001": "utf-8", "65001": "utf-8", "utf-8-sig": "utf-8", "unicode-2-0-utf-8": "utf-8", "utf8mb4": "utf-8",
	"ansi": "windows-1252", "default": "", "unknown": "", "x-unknown": "", "unknown-8bit": "", "x-user-defined": "", "binary": "",
	"8bit": "", "7bit": "", "charset": "", "none": "", "iso": "iso-8859-1", "latin": "iso-8859-1", "latin-1": "iso-8859-1",
	"iso-latin-1": "iso-8859-1", "iso8859_1": "iso-8859-1", "8859-1": "iso-8859-1", "iso-8859": "iso-8859-1", "iso-88591": "iso-8859-1",
	"iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "iso-8859-6-e": "iso-8859-6",
	"ansi_x3.110-1983": "iso-8859-1", "windows-1252http-equivcontent-type": "windows-1252", "win-1252": "windows-1252", "1252": "windows-1252",
	"win-1251": "windows-1251", "win1251": "windows-1251", "windows1251": "windows-1251", "1251": "windows-1251",
	"windows1252": "windows-1252", "win-1250": "windows-1250", "windows1250": "windows-1250", "koi8": "koi8-r", "cp866": "ibm866",
	"ms_kanji": "shift_jis", "cp932": "shift_jis", "ms932": "shift_jis", "shift-jis": "shift_jis", "sjis-win": "shift_jis",
	"x-sjis-jp": "shift_jis", "cp943": "shift_jis", "iso-2022-jp-ms": "iso-2022-jp", "iso-2022-jp-1": "iso-2022-jp",
	"iso-2022-jp-2": "iso-2022-jp", "iso-2022-jp-3": "iso-2022-jp", "cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp",
	"cp50222": "iso-2022-jp", "cp51932": "euc-jp", "eucjp": "euc-jp", "ujis": "euc-jp", "eucjp-ms": "euc-jp",
	"cp936": "gbk", "936": "gbk", "gb_2312": "gbk", "gb2312-80": "gbk", "x-gb2312": "gbk", "euc-cn": "gbk", "x-euc-cn": "gbk",
	"cp950": "big5", "950": "big5", "big-5": "big5", "x-x-big5": "big5", "cp949": "euc-kr", "949": "euc-kr", "uhc": "euc-kr",
	"x-windows-949": "euc-kr", "ms949": "euc-kr", "ksc5601": "euc-kr", "ks_c_5601": "euc-kr", "kr_c_5601-1987": "euc-kr",
	"cp874": "windows-874", "x-mac-roman": "macintosh", "macroman": "macintosh", "x-mac": "macintosh", "ucs-2": "utf-16", "ucs2": "utf-16",
	"iso-10646-ucs-2": "utf-16", "utf16": "utf-16", "utf7": "utf-7", "utf_7": "utf-7",
}

// ascii says whether b has no byte beyond 127.
func ascii(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalFold compares ASCII without case.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return true
}
