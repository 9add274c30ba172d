package mime

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// guess decodes bytes that are not valid UTF-8 and not of a known charset. Text of which some is UTF-8 stays that,
// with the bad bytes replaced; else it is what its letters make likely, and in doubt windows-1252, the most frequent one.
func guess(b []byte, name string) (text, note string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	if good > bad || name == "utf-8" && good > 0 {
		return string(bytes.ToValidUTF8(b, []byte("\ufffd"))), "bytes that are not UTF-8"
	}
	likely := likelyCharset(b)
	s, _ := decode(likely.enc, b)
	return s, "charset guessed: " + likely.name
}

// candidate is a charset that text without a declaration may be in.
type candidate struct {
	name     string
	enc      encoding.Encoding
	frequent string              // its languages' most frequent letters
	script   *unicode.RangeTable // that its text is written in
	also     []*unicode.RangeTable
}

// hanzi are the most frequent characters of Chinese, in the simplified and the traditional form.
const (
	hanzi = "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小二无同么经法当起与好看学进种将还分此心前面又定见只主没公从今明已完请谢周工"
	hanja = "的一是不了在人有我他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生自會那後能對著事其裡所去行過家十用發天如然作方成者多日都三小二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從今明已完請謝週工"
)

// candidates are tried in this order; of equals the first wins. Those of Latin letters are told apart by latin.
var candidates = []candidate{
	{"windows-1251", charmap.Windows1251, "оеаинтсрвлкмдпуяі", unicode.Cyrillic, nil},
	{"koi8-r", charmap.KOI8R, "оеаинтсрвлкмдпуя", unicode.Cyrillic, nil},
	{"iso-8859-5", charmap.ISO8859_5, "оеаинтсрвлкмдпуя", unicode.Cyrillic, nil},
	{"ibm866", charmap.CodePage866, "оеаинтсрвлкмдпуя", unicode.Cyrillic, nil},
	{"windows-1253", charmap.Windows1253, "αοιετσνηυρπκμλςά", unicode.Greek, nil},
	{"windows-1255", charmap.Windows1255, "יוהלארתבשמנדחע", unicode.Hebrew, nil},
	{"windows-1256", charmap.Windows1256, "اليمونترببدعسفهكحق", unicode.Arabic, nil},
	{"windows-874", charmap.Windows874, "านรอกเงมยลวดท่สต้ะปบคหใีิั", unicode.Thai, nil},
	{"shift_jis", japanese.ShiftJIS, "のにはをたがでてとしれさいるなもっ、。す日本", unicode.Han, []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{"euc-jp", japanese.EUCJP, "のにはをたがでてとしれさいるなもっ、。す日本", unicode.Han, []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{"euc-kr", korean.EUCKR, "이다는을가에하고의지한기사를로도은어나시자리스인해일니요습안", unicode.Hangul, nil},
	{"gb18030", simplifiedchinese.GB18030, hanzi + "，。", unicode.Han, nil},
	{"big5", traditionalchinese.Big5, hanja + "，。", unicode.Han, nil},
}

const maxSample = 2048 // bytes looked at for a guess

// likelyCharset is the charset in which bytes look most like a language.
func likelyCharset(b []byte) candidate {
	b = sample(b)
	best, most := latin(b), 0.0
	for _, c := range candidates {
		out, err := c.enc.NewDecoder().Bytes(b)
		if err != nil {
			continue
		}
		if score := c.score(string(out)); score > most {
			best, most = c, score
		}
	}
	return best
}

// sample takes the lines that have more than ASCII in them, as far as they are needed.
func sample(b []byte) []byte {
	if len(b) <= maxSample {
		return b
	}
	out := make([]byte, 0, maxSample)
	for len(b) > 0 && len(out) < maxSample {
		first := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
		if first < 0 {
			break
		}
		start := bytes.LastIndexByte(b[:first], '\n') + 1
		line := b[max(start, first-32):]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		b = b[max(start, first-32)+len(line):]
		if room := maxSample - len(out); len(line) > room {
			// Cut before an ASCII byte lest a character be cut in two.
			for room > 0 && line[room] >= utf8.RuneSelf {
				room--
			}
			line = line[:room]
			b = nil
		}
		out = append(out, line...)
	}
	return out
}

// score says how much text looks like the candidate's languages: 0 if not enough to believe it.
func (c *candidate) score(s string) float64 {
	high, script, frequent, odd, pairs, small := 0, 0, 0, 0, 0, 0
	mixed, word, foreign := 0, 0, false // letters in words with letters of ASCII
	before := ' '
	spaced := c.script != unicode.Han && c.script != unicode.Hangul
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				foreign = true
			} else {
				if foreign && spaced {
					mixed += word
				}
				word, foreign = 0, false
			}
			before = r
			continue
		}
		high++
		letter := unicode.Is(c.script, r)
		for _, table := range c.also {
			letter = letter || unicode.Is(table, r)
		}
		switch {
		case letter:
			script++
			word++
			if before >= utf8.RuneSelf {
				pairs++
			}
			if !unicode.IsUpper(r) {
				small++
			} else if unicode.IsLower(before) {
				odd++ // a capital within a word
			}
			if strings.ContainsRune(c.frequent, unicode.ToLower(r)) {
				frequent++
			}
		case strings.ContainsRune(c.frequent, r):
			frequent++
		case r == '\ufffd' || unicode.Is(unicode.Co, r) || unicode.IsControl(r):
			odd += 2
		case unicode.IsLetter(r):
			odd++
		case r > 0xff && (r < 0x2010 || r > 0x2122) && (r < 0x3000 || r > 0x3020) && (r < 0xff00 || r > 0xff5e):
			odd++ // boxes and the like
		}
		before = r
	}
	if foreign && spaced {
		mixed += word
	}
	if script < 2 || odd*5 > high || mixed*2 > script || script*5 < high*3 {
		return 0
	}
	share := float64(frequent) / float64(high)
	least := 0.5
	if c.script == unicode.Han || c.script == unicode.Hangul {
		least = 0.12
		share = share*0.9 + 0.45 // the others' alphabets are small, and their share is high
		if float64(frequent) < least*float64(high) {
			return 0
		}
	} else if share < least || pairs == 0 {
		return 0
	}
	return share + 0.2*float64(small)/float64(script) - float64(odd)/float64(high)
}

// latin tells the charsets of Latin letters apart by what would be strange in windows-1252: signs within words, and
// letters that do not go together in any of its languages.
func latin(b []byte) candidate {
	var count [256]int
	letters := 0
	within := 0 // bytes of windows-1250 that are signs in windows-1252, at a letter
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		count[c]++
		if c >= 0xc0 {
			letters++
		}
		if i > 0 && letter(b[i-1]) || i+1 < len(b) && letter(b[i+1]) {
			switch c {
			case 0xb3, 0xb9, 0xb1, 0xb6, 0xbc: // ł, ą, and in iso-8859-2 ą, ś, ź
				within++
			}
		}
	}
	sum := func(set string) (n int) {
		for i := 0; i < len(set); i++ {
			n += count[set[i]]
		}
		return n
	}
	has := func(set string) bool { return sum(set) > 0 }
	only := func(set string) bool { return sum(set)*10 >= letters*9 } // a strange letter may be a name's
	switch {
	case within > 0 && has("\xb3\xea\xe6\xf1\xbf") && only("\xea\xe6\xf1\xf3\xca\xc6\xd1\xd3"): // Polish
		if sum("\xb1\xb6\xbc") > sum("\xb9\x9c\x9f") {
			return candidate{name: "iso-8859-2", enc: charmap.ISO8859_2}
		}
		return candidate{name: "windows-1250", enc: charmap.Windows1250}
	case has("\xf8\xec") && has("\xec\xe8\xf9\xef\xf2\x9a\x9e") && has("\xe1\xed\xfd\xe9") && // Czech: ř and ě with č, ů and ý
		only("\xe1\xe8\xef\xe9\xec\xed\xf2\xf3\xf8\xfa\xf9\xfd\xc1\xc8\xcf\xc9\xcd\xd3\xd8\xda\xdd") && !(has("\xec") && has("\xf2") && !has("\xf8\xfd")),
		has("\xf5\xfb") && has("\xf6\xfc") && only("\xe1\xe9\xed\xf3\xf6\xf5\xfa\xfc\xfb\xc1\xc9\xcd\xd3\xd6\xd5\xda\xdc\xdb") && has("\xe1\xe9"): // Hungarian: ő and ű
		return candidate{name: "windows-1250", enc: charmap.Windows1250}
	case has("\xf0\xfe\xfd\xdd") && only("\xf0\xfe\xfd\xdd\xd0\xde\xe7\xf6\xfc\xc7\xd6\xdc\xe2\xee"): // Turkish: ğ, ş and ı
		return candidate{name: "windows-1254", enc: charmap.Windows1254}
	}
	return candidate{name: "windows-1252", enc: charmap.Windows1252}
}
