package mime

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/atom"
)

// roleNames are the classes, ids and names by which mail programs mark quotations and signatures.
var roleNames = map[string]struct {
	role role
	from string
}{
	"gmail_quote": {mixed, FromGmail}, "gmail_attr": {intro, FromGmail}, "nylas-quote": {mixed, FromGmail},
	"protonmail_quote": {mixed, FromProton}, "zmail_extra": {mixed, FromZoho}, "tutanota_quote": {quote, FromOther},
	"divRplyFwdMsg": {rest, FromOutlook}, "stopSpelling": {rest, FromOutlook}, "OutlookMessageHeader": {rest, FromOutlook},
	"OLK_SRC_BODY_SECTION": {quote, FromOutlook}, "mail-editor-reference-message-container": {quote, FromOutlook},
	"yahoo_quoted": {quote, FromYahoo}, "yahoo-quoted-begin": {intro, FromYahoo},
	"moz-cite-prefix": {intro, FromMozilla}, "moz-forward-container": {quote, FromMozilla},
	"zwchr": {rest, FromZimbra}, "__HEADERS__": {quote, FromZimbra}, "__QUOTED_TEXT__": {mixed, FromZimbra},
	"reply-intro": {intro, FromOther}, "replyHeader": {intro, FromOther}, "airmail_on": {intro, FromOther},
	"isReplyContent": {quote, FromOther}, "messageReplySection": {mixed, FromOther}, "freshdesk_quote": {mixed, FromOther},
	"history_container": {quote, FromOther}, "mail-app-auto-quote": {quote, FromOther}, "ntes-mailmaster-quote": {quote, FromOther},
	"quote": {quote, FromBlockquote}, "mailcontainer-quote": {quote, FromOther}, "geary-quote": {mixed, FromOther},
	"fairemail-reference": {mixed, FromOther}, "aqm-original": {mixed, FromOther}, "edo-original": {mixed, FromOther},
	"mailru-blockquote": {quote, FromOther}, "front-blockquote": {quote, FromOther},
	"iosymail": {quote, FromOther}, "blockquote_zmail": {quote, FromOther}, "clean_bq": {quote, FromOther},

	"gmail_signature_prefix": {sign, ""}, "protonmail_signature_block": {sign, ""}, "messageSignatureSection": {sign, ""},
	"__SIG_PRE__": {sign, ""}, "bloop_sign": {sign, ""}, "Zm-_Id_-Sgn": {sign, ""},
}

// roleOf says what an element is to a quotation, and which mail program says so.
func roleOf(t tag, a *attributes) (role, string) {
	if len(a.class)+len(a.id)+len(a.name)+len(a.marker)+len(a.style) == 0 {
		return none, ""
	}
	if string(a.marker) == "__DIVIDER__" { // Zimbra's: what follows says itself what it is
		return none, ""
	}
	for _, names := range [...][]byte{a.class, a.id, a.marker, a.name} {
		for len(names) > 0 {
			var name []byte
			name, names, _ = bytes.Cut(names, []byte(" "))
			if len(name) < 5 && !bytes.Equal(name, []byte("sig")) || len(name) > 64 {
				continue
			}
			switch role, from := meaning(name); {
			case role == none:
			case role == sign:
				return sign, ""
			case from != FromBlockquote && from != FromOther || role == intro || container(t):
				return role, from
			}
		}
	}
	if len(a.style) > 0 && atom.Atom(t) == atom.Div {
		if a.lineAbove() {
			return rest, FromOutlook
		}
		if strings.HasPrefix(a.property("border-left"), "solid blue 1.5pt") {
			return quote, FromOutlook
		}
	}
	return none, ""
}

// container says whether an element holds what others are made of: a name of no certain program on less is but a look.
func container(t tag) bool {
	switch atom.Atom(t) {
	case atom.Div, atom.Section, atom.Article, atom.Table, atom.Td, atom.Details, atom.Blockquote:
		return true
	}
	return false
}

// lineAbove says whether a line is drawn above the element as Outlook and Windows Mail draw it above a header block.
func (a *attributes) lineAbove() bool {
	if top := a.property("border-top"); strings.Contains(top, "solid") {
		for _, colour := range [...]string{"#e1e1e1", "#b5c4df", "rgb(225, 225, 225)", "rgb(181, 196, 223)"} {
			if strings.Contains(top, colour) && (strings.Contains(top, "1.0pt") || strings.Contains(top, "1pt") || top[len(top)-1] == ')') {
				return true
			}
		}
	}
	return a.property("border-top-color") == "rgb(229, 229, 229)" && a.property("padding-top") == "5px"
}

// meaning says what a class, id or name means: the mail programs' own names are known, also behind the prefixes by which
// others rename what they pass on; those of programs not known are told by the words in them.
func meaning(name []byte) (role, string) {
	if known, ok := roleNames[string(name)]; ok {
		return known.role, known.from
	}
	if bare := withoutPrefix(name); len(bare) < len(name) {
		if known, ok := roleNames[string(bare)]; ok {
			return known.role, known.from
		}
		name = bare
	}
	switch {
	case bytes.HasSuffix(name, []byte("yahoo_quoted")) || bytes.Contains(name, []byte("yahoo_quoted_")):
		return quote, FromYahoo // between things made up for each mail
	case bytes.HasPrefix(name, []byte("divRpF")): // the same with a number
		return rest, FromOutlook
	}
	var lower [64]byte
	for i, c := range name {
		lower[i] = c
		if c >= 'A' && c <= 'Z' {
			lower[i] |= 0x20
		}
	}
	switch l := lower[:len(name)]; {
	case saysSignature(l) || bytes.HasSuffix(name, []byte("Sig")):
		return sign, ""
	case saysQuote(l):
		return mixed, FromBlockquote
	}
	return none, ""
}

// withoutPrefix takes away what Outlook, Hotmail, Roundcube, Yahoo, AOL and Fastmail put before the names in mails that
// they quote or send.
func withoutPrefix(name []byte) []byte {
	for {
		rest := name
		switch name[0] {
		case 'x':
			rest = bytes.TrimPrefix(name, []byte("x_"))
		case 'e':
			rest = bytes.TrimPrefix(name, []byte("ecx"))
		case 'a':
			rest = bytes.TrimPrefix(name, []byte("aolmail_"))
		case 'q':
			rest = bytes.TrimPrefix(name, []byte("qt-"))
		case 'v':
			rest = behindNumber(name, "v")
		case 'y':
			rest = behindNumber(name, "yiv")
		case 'm':
			rest = behindNumber(name, "m_")
		case 'd':
			rest = bytes.TrimPrefix(behindNumber(name, "defanged"), []byte("-"))
		}
		if len(rest) == len(name) || len(rest) == 0 {
			return name
		}
		name = rest
	}
}

// behindNumber returns what comes after a prefix that ends with a number, or the whole.
func behindNumber(name []byte, prefix string) []byte {
	rest, ok := bytes.CutPrefix(name, []byte(prefix))
	if !ok {
		return name
	}
	n := len(rest)
	if rest = bytes.TrimLeft(rest, "-0123456789"); len(rest) == n {
		return name
	}
	return rest
}

// saysSignature says whether a name in lower case is one of a signature: "mail-signature", "signature_old", "sig123". Not
// Apple's, in which people type their answers, too.
func saysSignature(name []byte) bool {
	at := bytes.LastIndex(name, []byte("sig"))
	if at < 0 || bytes.HasPrefix(name, []byte("applemail")) {
		return false
	}
	rest := name[at+3:]
	switch {
	case bytes.HasPrefix(rest, []byte("nature")):
		rest = rest[len("nature"):]
	case bytes.HasPrefix(rest, []byte("natur")):
		rest = rest[len("natur"):]
	case at > 0 && letter(name[at-1]):
		return false
	}
	rest = bytes.Trim(rest, "-_0123456789")
	switch string(rest) {
	case "", "block", "blocks", "wrapper", "container", "section", "body", "content", "text", "html", "table", "widget", "old", "below", "above", "link",
		"prefix", "separator", "mobile", "user", "editor":
		return true
	}
	return false
}

// saysQuote says whether a name in lower case is one of a quoted mail: "quoted-text", "mail_quote", "originalMessage".
// People speak of quotes, too: a price's, a saying's.
func saysQuote(name []byte) bool {
	if at := bytes.Index(name, []byte("original")); at >= 0 {
		switch string(bytes.Trim(name[at+len("original"):], "-_0123456789")) {
		case "message", "mail", "email", "msg":
			return true
		}
		return false
	}
	at := bytes.LastIndex(name, []byte("quote"))
	if at < 0 {
		return false
	}
	before, after := bytes.TrimRight(name[:at], "-_"), name[at+len("quote"):]
	switch after = bytes.Trim(bytes.TrimPrefix(after, []byte("d")), "-_0123456789"); string(after) {
	case "text", "message", "mail", "email", "reply", "body", "content", "history", "thread":
		return true
	case "", "wrapper", "container", "section", "block":
	default:
		return false
	}
	switch string(before) {
	case "", "price", "pull", "get", "free", "request", "stock", "book", "mso", "msointense", "block", "intense", "daily", "testimonial", "un":
		return false
	}
	return !bytes.HasSuffix(before, []byte("block")) // in the style sheets of pages
}
