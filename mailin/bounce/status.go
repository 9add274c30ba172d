package bounce

import (
	"regexp"
	"slices"
	"strings"
)

// enhancedCode is a status of RFC 3463 in a text: "550 5.1.1", "#5.1.1", "(5.1.1". It is told from addresses of machines and from numbers of
// versions by what is around it.
var (
	enhancedCode = regexp.MustCompile(`(?:^|[^0-9.A-Za-z])([245]\.[0-7]\.[0-9]{1,3})(?:$|[^0-9.A-Za-z]|\.(?:$|[^0-9]))`)
	besideCode   = regexp.MustCompile(`(?:\b[245][0-9][0-9][ -]#?|#|\(|\bstatus[ :=]*|\bstate[ :=]*|\bcode[ :=]*|` +
		`;)\s*([245]\.[0-7]\.[0-9]{1,3})(?:$|[^0-9.]|\.(?:$|[^0-9]))`)
	replyCode = regexp.MustCompile(`(?:^|[^0-9.#:/-])([45][0-5][0-9])(?:$|[ :;>'")\]-])`)
	version   = regexp.MustCompile(`(?i)\b(version|release|v[0-9]|running|smtpd|esmtp|mta|server [0-9])`)
)

// enhanced finds a status in words, the one first that stands beside a reply of SMTP; "" if there is none.
func enhanced(s string) string {
	if strings.IndexByte(s, '.') < 0 {
		return ""
	}
	if m := besideCode.FindStringSubmatch(strings.ToLower(s)); m != nil {
		return m[1]
	}
	if m := enhancedCode.FindStringSubmatch(s); m != nil && !version.MatchString(s) {
		return m[1]
	}
	return ""
}

var statusNumber = regexp.MustCompile(`[245]\.[0-9]{1,3}\.[0-9]{1,3}`)

// statusField reads a Status field, which may have words behind it.
func statusField(s string) string { return statusNumber.FindString(s) }

// nobody are words, in lower case, that say that there is no such recipient.
var nobody = []string{
	"no such", "unknown", "not exist", "n't exist", "not found", "n't found", "invalid", "not listed", "disabled", "no longer", "unbekannt",
	"existiert nicht", "inconnu", "no existe", "inexistente",
	"desconhecid", "desconocid", "sconosciut", "onbekend", "nieznany", "не существует", "存在しません", "不存在",
}

// passing are words, in lower case, that say that it may go better later.
var passing = []string{
	"is full", "mailbox full", "quota", "exceed", "storage", "not enough space", "temporar", "try again", "deferr", "delay", "timed out",
	"time out", "timeout", "connection refused", "connection dropped",
	"connection reset", "connection lost", "connection was", "could not connect", "unable to connect", "no route", "unreachable", "not available",
	"unavailable at this time", "greylist", "graylist",
	"too many connections", "too many messages", "too many recipients", "rate limit", "throttl", "host not responding", "expired", "in the queue",
	"not yet been delivered", "still being retried",
	" voll", "überschritten", "vorübergehend", "verzöger", "est plein", "dépass", "temporaire", "retard", "está llen", "excedid", "agotad",
	"temporal", "retras", "cheia", "temporári", "atras",
	"è pien", "ritard", "is vol", "vertraagd", "tijdelijk", "переполнен", "временн", "容量", "一杯", "一時的", "満杯", "已满", "已滿", "暂时", "超过",
}

// late are words, in lower case, that say in a subject or at the beginning that a mail is on its way still.
var late = []string{
	"delay", "warning: ", "still trying", "still being retried", "not yet been delivered", "not yet delivered", "not yet been sent",
	"could not send message for past", "will keep trying", "will be retried",
	"verzöger", "retard", "retraso", "atras", "vertraag", "ritardo", "försenad", "forsinke", "задерж", "遅延", "遅れて",
}

// says tells whether words, in lower case, have any of a list in them.
func says(words string, any []string) bool {
	return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(words, s) })
}

// permanent judges a failure by its status, else by the reply of SMTP in the words, else by the words. known is false if none of them tells.
func permanent(status, words string) (permanent, known bool) {
	if status != "" {
		return status[0] == '5', true
	}
	if m := replyCode.FindStringSubmatch(words); m != nil {
		return m[1][0] == '5', true
	}
	words = strings.ToLower(words)
	if says(words, nobody) {
		return true, true
	}
	return false, says(words, passing)
}
