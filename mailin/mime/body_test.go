package mime

import (
	"fmt"
	"strings"
	"testing"
)

func TestTransferEncodingsAreUndoneLeniently(t *testing.T) {
	check := func(encoding, in, want string) {
		t.Helper()
		m := Read([]byte("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + encoding + "\n\n" + in))
		if m.Plain != want {
			t.Errorf("%s of %q = %q, want %q", encoding, in, m.Plain, want)
		}
	}
	check("base64", "aGVsbG8gd29ybGQ=", "hello world")
	check("base64", "aGVsbG8gd29ybGQ", "hello world")
	check("Base64", "aGVs\nbG8g\r\n d29y\tbGQ=\n", "hello world")
	check("base64", "aGVs*bG8gd29ybGQ=", "hello world")
	check("base64", "aGVsbG8=\nIHdvcmxk", "hello world")
	check("base64", "aGVsbG8gd29ybGQ=\n\n-- \nA list's footer, in plain text\n", "hello world")
	check("base64", "This is not base64 at all, is it?", "This is not base64 at all, is it?")
	check("base-64", "aGk=", "hi")
	check("b64", "aGk=", "hi")
	check(`"base64"`, "aGk=", "hi")
	check("base64;", "aGk=", "hi")
	check("quoted-printable", "caf=C3=A9 =3d =\nx", "café = x")
	check("quoted-printable", "caf=c3=a9", "café")
	check("quoted-printable", "a=\r\nb=  \r\nc", "abc")
	check("quoted-printable", "1 = 1, 2=3, 100=ZZ", "1 = 1, 2=3, 100=ZZ")
	check("quoted-printable", "end=", "end")
	check("quoted-printable", "blanks   \nat the end \t\n", "blanks\nat the end\n")
	check("quoted printable", "caf=C3=A9", "café")
	check("Quoted_Printable", "caf=C3=A9", "café")
	check("7-bit", "caf=C3", "caf=C3")
	check("8 bit", "café", "café")
	check("utf-8", "café", "café")
	check("x-uuencode", "begin 644 x\n#:&D*\n`\nend\n", "hi\n")
	check("binary", "a\r\nb\rc", "a\nb\nc")
}

func TestCharsetsAreReadByEvidence(t *testing.T) {
	check := func(charset, in, want string, noted bool) {
		t.Helper()
		m := Read([]byte("Content-Type: text/plain; charset=" + charset + "\n\n" + in))
		if m.Plain != want || (len(m.Defects) > 0) != noted {
			t.Errorf("%s %q = %q (%q), want %q", charset, in, m.Plain, m.Defects, want)
		}
	}
	check("utf-8", "café", "café", false)
	check("us-ascii", "café", "café", true)
	check("us-ascii", "caf\xe9", "café", true)
	check("ANSI_X3.4-1968", "caf\xe9", "café", true)
	check("iso-8859-1", "caf\xe9", "café", false)
	check("iso-8859-1", "café", "café", true)
	check("iso-8859-1", "\x93so\x94 \x80", "“so” €", false)
	check("iso-8859-15", "\xa4", "€", false)
	check("utf-8", "caf\xe9", "café", true)
	check("utf-8", "café and \xe9", "café and \ufffd", true)
	check("'utf-8'", "café", "café", false)
	check("utf8", "café", "café", false)
	check("unknown-8bit", "caf\xe9", "café", true)
	check("unknown-8bit", "café", "café", false)
	check("x-made-up", "café", "café", true)
	check("", "café", "café", false)
	check("", "caf\xe9", "café", true)
	check("windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", false)
	check("koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет", false)
	check("gb2312", "\xc4\xe3\xba\xc3", "你好", false)
	check("big5", "\xa7A\xa6n", "你好", false)
	check("shift_jis", "\x93\xfa\x96{", "日本", false)
	check("cp932", "\x87@", "①", false)
	check("ks_c_5601-1987", "\xbe\xc8\xb3\xe7", "안녕", false)
	check("iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本", false)
	check("cp50220", "\x1b$BF|K\\\x1b(B", "日本", false)
	check("iso-2022-jp", "日本", "日本", true)
	check("us-ascii", "\x1b$BF|K\\\x1b(B", "日本", true)
	check("utf-7", "caf+AOk- +- 1+1", "café + 1+1", false)
	check("unicode-1-1-utf-7", "+2D3eAA-", "😀", false)
	check("utf-16", "\xfe\xff\x00h\x00i", "hi", false)
	check("utf-16le", "h\x00i\x00", "hi", false)
	check("iso-2022-kr", "plain", "plain", false)
	check("iso-2022-kr", "\x1b$)C\x0e>H3g\x0f ok\n", "안녕 ok\n", false)
	check("utf-16", "h\x00i\x00\n\x00", "hi\n", false)
	check("utf-16", "\x00h\x00i\x00\n", "hi\n", false)
	check("utf-16", "\xff\xfeh\x00i\x00", "hi", false)
	check("utf-16be", "\x00h\x00i", "hi", false)
	check("utf-16", "not at all", "not at all", true)
	check("utf-16", "not at all: café", "not at all: café", true)
	check("utf-32", "\x00\x00\x00h\x00\x00\x00i", "hi", false)
	check("cp50220", "\x1b$B-!|b\x1b(I1\x1b(B", "①髙ｱ", false)
	check("x-sjis", "\x87@\xfb\xfc", "①髙", false)
	check("gb2312", "\x94\x6f\x81\x39\xee\x39", "攐㐀", false)
	check("gb2312", "\x80", "€", false)
	check("iso-8859-8-i", "\xf9\xec\xe5\xed", "שלום", false)
	check("x-mac-roman", "caf\x8e", "café", false)
	check("hz-gb-2312", "~{VPND~} ok", "中文 ok", false)
	check("utf-8", "\xef\xbb\xbfcafé", "café", false)
	check("iso-8859-1", "\xef\xbb\xbfcafé", "café", true)
	check("koi8-u", "\xf0\xd2\xc9\xd7\xa6\xd4", "Привіт", false)
	check("tis-620", "\xca\xc7\xd1\xca", "สวัส", false)
	check("euc-kr", "\xbe\xc8\xb3\xe7", "안녕", false)
	check("cp949", "\xbe\xc8\xb3\xe7", "안녕", false)
	check("big5-hkscs", "\xa7A\xa6n", "你好", false)
	check("us-ascii", "\xcf\xf0\xe8\xe2\xe5\xf2, \xe2\xf1\xb8 \xe3\xee\xf2\xee\xe2\xee", "Привет, всё готово", true)
	check("utf-8", "\xcf\xf0\xe8\xe2\xe5\xf2, \xe2\xf1\xb8 \xe3\xee\xf2\xee\xe2\xee", "Привет, всё готово", true)
}

func TestPlainLinesCountTheMarksOfQuotation(t *testing.T) {
	check := func(in string, want ...string) {
		t.Helper()
		var got []string
		for _, l := range PlainLines(in) {
			got = append(got, fmt.Sprintf("%d%s|%s", l.Quote, l.From, l.Text))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("PlainLines(%q) = %q, want %q", in, got, want)
		}
	}
	check("")
	check("a\nb\n", "0|a", "0|b")
	check("\na\n\n", "0|", "0|a", "0|")
	check("> a\n>b\n>\n", "1gt|a", "1gt|b", "1gt|")
	check(" > a\n>> b\n> > c\n> >> d", "1gt|a", "2gt|b", "2gt|c", "3gt|d")
	check(">   indented", "1gt|  indented")
	check("  > two blanks are no mark", "0|  > two blanks are no mark")
	check("a > b", "0|a > b")
	check(">From here", "0|From here")
	check("> a\n>From here", "1gt|a", "1gt|From here")
	check(">= 5 of them", "0|>= 5 of them")
	check("-- \nMia  ", "0|-- ", "0|Mia")
	check(strings.Repeat(">", 100)+"x", "50gt|x")
}

func TestTextIsTheInverseOfPlainLines(t *testing.T) {
	text := "mine\n\n> one\n> > two\n>\nagain"
	if got := Text(PlainLines(text)); got != text {
		t.Errorf("%q", got)
	}
	if got := Text(nil); got != "" {
		t.Errorf("%q", got)
	}
}

func TestFlowedLinesAreJoined(t *testing.T) {
	check := func(delSp bool, in, want string) {
		t.Helper()
		if got := Text(unflow(in, delSp)); got != want {
			t.Errorf("unflow(%q) = %q, want %q", in, got, want)
		}
	}
	check(false, "a \nb\nc", "a b\nc")
	check(true, "a \nb\nc", "ab\nc")
	check(false, "> a \n> b\nc", "> a b\nc")
	check(false, "> a \nb", "> a\nb")
	check(false, "a \n> b", "a\n> b")
	check(false, " a\n  b\n From x", "a\n b\nFrom x")
	check(false, "a \n-- \nMia", "a\n-- \nMia")
	check(false, "-- \nMia", "-- \nMia")
	check(false, "a \n\nb", "a\nb")
	check(false, "a \n", "a")
	check(false, "> > a \n>> b", "> > a b")
	check(false, "", "")
	if l := unflow(" >literal", false)[0]; l.Quote != 0 || l.Text != ">literal" {
		t.Errorf("%+v", l)
	}
}

func TestHTMLBecomesTheTextThatIsSeen(t *testing.T) {
	check := func(in, want string) {
		t.Helper()
		if got := Text(HTMLLines(in)); got != want {
			t.Errorf("HTMLLines(%q)\n got %q\nwant %q", in, got, want)
		}
	}
	check("", "")
	check("a  b\n c", "a b c")
	check("<p>a</p><p>b</p>", "a\n\nb")
	check("<div>a</div><div>b</div>", "a\nb")
	check("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb")
	check("a<br>b<br><br>c", "a\nb\n\nc")
	check("<div>a</div><br><div>b</div>", "a\n\nb")
	check("<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>", "a\n\nb")
	check(`<p style="margin: 0in 0in .0001pt">a</p><p style="margin:0">b</p>`, "a\nb")
	check(`<p style="margin: 0 0 1em">a</p><p>b</p>`, "a\n\nb")
	check("<div>a<div>b</div>c</div>", "a\nb\nc")
	check("<b>a</b><i>b</i> <span>c </span><span> d</span>", "ab c d")
	check("a&nbsp;&nbsp;b &amp; &lt;c&gt; &eacute;", "a  b & <c> é")
	check("<ul><li>a<li>b</ul>", "- a\n- b")
	check("<ol><li>a</li><li>b</li></ol>c", "1. a\n2. b\n\nc")
	check("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>", "- a\n- b\n  c")
	check("<ol start=9><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "9. a\n   - b\n10. c")
	check("<table><tr><td>a<td>b<tr><td><p>c</p></td><td><div>d</div></td></tr></table>", "a  b\nc  d")
	check("<table><tr><td><table><tr><td>a</td></tr><tr><td>b</td></tr></table></td><td>c</td></tr></table>", "a\nb\nc")
	check("<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\n\nd")
	check(`<a href="https://example.com/x">here</a>.`, "here <https://example.com/x>.")
	check(`<a href="https://www.example.com/">example.com</a>`, "example.com")
	check(`<a href="mailto:a@b">a@b</a> <a href="mailto:a@b">A</a>`, "a@b A <a@b>")
	check(`<a href="javascript:x">a</a> <a href="data:x">b</a> <a href="#c">c</a> <a>d</a>`, "a b c d")
	check(`<a href="https://example.com/x"><img src=x></a>a`, "a")
	check("<style>a</style><script>b</script><title>c</title><!-- d --><![if !mso]>e<![endif]>", "e")
	check(`<p hidden>a</p><div style="DISPLAY : none"><p>b</p></div>c<span style="visibility:hidden">d</span>`, "c")
	check(`<img src=x alt="logo"><img src=x width=1 height=1>a<img alt="🎉">`, "a🎉")
	check("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc")
	check("a</div></p></b></td>b", "ab")
	check("<p>a<div>b</div></p>c", "a\n\nb\nc")
	check("&gt; a<br>&gt;= 5<br>&gt;&gt; b", "> a\n>= 5\n> > b")
	check("<h1>a</h1>b<hr>c", "a\n\nb\n\nc")
	check("a\u200bb\ufeffc\u00add", "abcd")
	check(`a <img alt=":-)"> b<img alt=":tada:"><img alt=": x"><img alt=":"><img alt="ab)">`, "a :-) b:tada:")
	check("<div style='white-space: pre-line'>a   b\nc\n\nd</div>e", "a b\nc\n\nd\ne")
	check("<textarea>a", "a")
	check(`<div style="font-size:0">a<span style="font-size: 12px">b</span>c<i>d</i></div>e<p style="font-size:0.9em">f</p><span style="FONT-SIZE:0.0PX">g</span>`, "b\ne\n\nf")
	bullet := func(level int, sign, text string) string {
		return fmt.Sprintf(`<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level%d lfo1'><![if !supportLists]>`+
			`<span style='font-family:Symbol'><span style='mso-list:Ignore'>%s<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>%s<o:p></o:p></p>`, level, sign, text)
	}
	check("<p class=MsoNormal>x</p>"+bullet(1, "·", "a")+bullet(2, "o", "b")+bullet(1, "§", "c")+"<p class=MsoNormal>y</p>", "x\n- a\n  - b\n- c\ny")
	check(bullet(1, "1.", "a")+bullet(2, "a)", "b")+bullet(1, "10.", "c"), "1. a\n  a) b\n10. c")
	check("<p style='mso-list:Ignore'>x</p>y", "- y")
	check("<p style='mso-list:Ignore'>never closed", "never closed")
	check("<span style='mso-list:Ignore'>no bullet at all, <b>but words, and more of them than any</b> bullet has</span> x",
		"no bullet at all, but words, and more of them than any bullet has x")
	check("&#0;a&#1;b", "\ufffda b")
}

func TestQuotationsAndSignaturesAreKnownByTheirMarkup(t *testing.T) {
	check := func(in, want string) {
		t.Helper()
		var got []string
		for _, l := range HTMLLines(in) {
			s := fmt.Sprintf("%d%s:%s", l.Quote, l.From, l.Text)
			if l.Sign {
				s = "~" + s
			}
			if l.Text != "" {
				got = append(got, s)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("HTMLLines(%q)\n got %s\nwant %s", in, strings.Join(got, " "), want)
		}
	}
	attr := `<div class="gmail_attr">On:</div>`
	check(`a<div class="gmail_quote">`+attr+`<blockquote class="gmail_quote">q</blockquote></div>b`, "0:a 1gmail:On: 1gmail:q 0:b")
	check(`<div class="gmail_quote">On:<br><blockquote>q</blockquote>mine</div>`, "1gmail:On: 1gmail:q 0:mine")
	check(`<div class="gmail_quote">`+attr+`mine<blockquote>q</blockquote>mine<blockquote>q<div class="gmail_quote">`+attr+`<blockquote>qq</blockquote></div></blockquote></div>`,
		"1gmail:On: 0:mine 1gmail:q 0:mine 1gmail:q 2gmail:On: 2gmail:qq")
	check(`<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message<br>From:</div>f<blockquote>q</blockquote>f</div>a`,
		"1gmail:---------- Forwarded message 1gmail:From: 1gmail:f 2gmail:q 1gmail:f 0:a")
	check(`<div class="gmail_quote">`+attr+`no blockquote</div>`, "1gmail:On: 1gmail:no blockquote")
	check(`<blockquote style="margin:0 0 0 40px;border:none;padding:0px">a</blockquote>`, "0:a")
	check(`<blockquote class="webkit-indent-blockquote">a</blockquote>`, "0:a")
	check(`<blockquote type="CITE" style="border:none">a</blockquote>`, "1cite:a")
	check(`<div class="moz-cite-prefix">On:</div><blockquote type="cite">q</blockquote>a`, "1mozilla:On: 1cite:q 0:a")
	check(`<div>a<div><div id="divRplyFwdMsg">From:</div></div>q</div>q`, "0:a 1outlook:From: 1outlook:q 1outlook:q")
	check(`<div id="mail-editor-reference-message-container"><div><div id="divRplyFwdMsg">From:</div>q</div></div>a`, "1outlook:From: 1outlook:q 0:a")
	check(`<blockquote>q<div id="x_divRplyFwdMsg">From:</div>qq</blockquote>a`, "1blockquote:q 2outlook:From: 2outlook:qq 0:a")
	check(`a<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">From:</div>q`, "0:a 1outlook:From: 1outlook:q")
	check(`a<div style="border:none;border-top:solid #B5C4DF 1.0pt">From:</div>q`, "0:a 1outlook:From: 1outlook:q")
	check(`a<div style="border-top:solid red 1.0pt">b</div>c`, "0:a 0:b 0:c")
	check(`<span id="OLK_SRC_BODY_SECTION">q</span>a`, "1outlook:q 0:a")
	check(`<div class="yahoo_quoted">q</div>a`, "1yahoo:q 0:a")
	check(`<div class="ydp1f2yahoo_quoted">q</div>a`, "1yahoo:q 0:a")
	check(`<div class="protonmail_quote">On:<blockquote class="protonmail_quote" type="cite">q</blockquote></div>`, "1proton:On: 1proton:q")
	check(`a<hr id="zwchr">q`, "0:a 1zimbra:q")
	check(`<div class="zmail_extra">On:<blockquote>q</blockquote></div>`, "1zoho:On: 1zoho:q")
	check(`a<div class="gmail_signature">s</div>b`, "0:a ~0:s 0:b")
	check(`a<pre class="moz-signature">s</pre>`, "0:a ~0:s")
	check(`a<div id="x_Signature">s</div><blockquote><div id=Signature>s</div></blockquote>`, "0:a ~0:s ~1blockquote:s")
	for _, name := range []string{"mail-signature", "x_Signature", "signature_old", "ydp5c0asignature", "sig5862", "CanarySig", "m_-81gmail_signature", "io-ox-signature",
		"-x-evo-signature-wrapper", "bluemail_signature", "aolmail_signature", "J-signature"} {
		check(fmt.Sprintf(`a<div class=%q>s</div>b`, name), "0:a ~0:s 0:b")
	}
	for _, name := range []string{"AppleMailSignature", "design", "assigned", "signature-request", "signup", "significant", "text", "gmail_default"} {
		check(fmt.Sprintf(`a<div id=%q>b</div>c`, name), "0:a 0:b 0:c")
	}
	for _, name := range []string{"missive_quote", "acme-quoted-text", "quoted_message", "originalMessage", "reply-quote", "_FoxQUOTE_88", "mailQuotedContent", "x_quote"} {
		check(fmt.Sprintf(`a<div class="b %s">q</div>c`, name), "0:a 1blockquote:q 0:c")
	}
	for _, name := range []string{"price-quote", "pull-quote", "quote-request", "MsoQuote", "MsoIntenseQuote", "blockquote", "quotes", "unquote", "text-original", "reference"} {
		check(fmt.Sprintf(`a<div class="b %s">b</div>c`, name), "0:a 0:b 0:c")
	}
	check(`a<p class="quoted-text">b</p><span class="quote">c</span>`, "0:a 0:b 0:c")
	check(`a<blockquote class="gmail_quote">q</blockquote>b`, "0:a 1indent:q 0:b")
	check(`a<blockquote class="tutanota_quote">q</blockquote><blockquote class="quote">q</blockquote>`, "0:a 1other:q 1blockquote:q")
	check(`a<hr id="ecxstopSpelling">q`, "0:a 1outlook:q")
	check(`a<div id="divRpF482913">From:</div>q`, "0:a 1outlook:From: 1outlook:q")
	check(`a<div style="border-top: #b5c4df 1pt solid">From:</div>q`, "0:a 1outlook:From: 1outlook:q")
	check(`a<div style="border-top:1px solid #e1e1e1">b</div>c`, "0:a 0:b 0:c")
	check(`a<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-style: solid;">From:</div>q`, "0:a 1outlook:From: 1outlook:q")
	check(`a<hr data-marker="__DIVIDER__" id=zwchr><div data-marker="__HEADERS__">From:</div><div data-marker="__QUOTED_TEXT__"><blockquote>q</blockquote>mine<blockquote>q</blockquote></div>`,
		"0:a 1zimbra:From: 1zimbra:q 0:mine 1zimbra:q")
	check(`<div fairemail="reference"><p>On:</p><blockquote>q</blockquote></div><signature>s</signature>`, "1other:On: 1other:q ~0:s")
	check(`<div class="protonmail_quote">------- Original Message -------<br>On:<blockquote type=cite>q</blockquote>mine<blockquote type=cite>q</blockquote></div>`,
		"1proton:------- Original Message ------- 1proton:On: 1proton:q 0:mine 1proton:q")
	check(`<div class="gmail_quote">`+strings.Repeat("line<br>", 12)+`<blockquote>q</blockquote>more</div>`, strings.Repeat("1gmail:line ", 12)+"2gmail:q 1gmail:more")
	check(`a<span class=gmail_signature_prefix>-- </span><br><div class=gmail_signature>s</div>`, "0:a ~0:-- ~0:s")
}

func TestPicturesWithinAPageLeaveRoomForItsWords(t *testing.T) {
	page := `<img src="data:image/png;base64,` + strings.Repeat("iVBORw0KGgo", 200_000) + `"><p>the words</p>`
	m := Read([]byte("Content-Type: text/html\n\n" + page))
	if got := Text(m.Body); got != "the words" || len(m.Defects) > 0 {
		t.Errorf("%.100q, %q", got, m.Defects)
	}
}

func TestTooMuchTextIsCutBetweenCharacters(t *testing.T) {
	m := Read([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=log.txt\nContent-Disposition: attachment\n\n" +
		strings.Repeat("a line of the log\n", 100_000) + "\n--b\n\nwords é\n--b\nContent-Type: text/plain\n\n" + strings.Repeat("é", MaxText) + "\n--b--"))
	if !strings.HasPrefix(m.Plain, "words é") || len(m.Plain) > MaxText || len(m.Plain) < MaxText-8 {
		t.Errorf("%.20q, %d bytes", m.Plain, len(m.Plain))
	}
	if !strings.HasSuffix(m.Plain, "éé") {
		t.Errorf("…%q", m.Plain[len(m.Plain)-8:])
	}
	if fmt.Sprint(m.Defects) != "["+defectText+"]" {
		t.Errorf("%q", m.Defects)
	}
}

func TestAReportNeedsNoPartForPrograms(t *testing.T) {
	m := Read([]byte("Content-Type: multipart/report; report-type=Delivery-Status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <d1@x>\n\n--b--"))
	if m.Report == nil || m.Report.Type != "delivery-status" || m.Report.MessageID != "d1@x" || m.Format != "plain" || len(m.Attachments) > 0 {
		t.Errorf("%+v %+v", m.Report, m)
	}
}
