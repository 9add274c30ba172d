package outbox

import (
	"regexp"
	"slices"
	"strings"
)

// aboutUs tells whether an error is about our standing with the server, so that no mail would fare better now: it wants a
// login, our sending limit is reached, it trusts our machine or domain not at all, or it turns away the sender. The null
// sender is that of some mails only, and many servers want none of it.
func aboutUs(e *Error, nullSender bool) bool {
	return needsLogin(e) || limited(e) || distrusted(e) ||
		e.Phase == PhaseMail && e.Code >= 500 && e.Code <= 599 && !nullSender && !aboutTheMail(e)
}

// needsLogin: 530 and its kin say that the session is not logged in, whatever the mail.
func needsLogin(e *Error) bool {
	line := strings.ToLower(e.Line)
	return e.Code == 530 || e.Code == 534 || e.Code == 535 || e.Code == 538 || e.Enhanced == "5.7.30" || e.Enhanced == "5.7.139" ||
		e.Phase == PhaseMail && e.Code >= 500 && (strings.Contains(line, "authenticat") || strings.Contains(line, "log in"))
}

// aboutTheMail: a server that answers MAIL FROM may mean the mail's size or parameters (RFC 1870, RFC 6531), or the
// recipient of the one before.
func aboutTheMail(e *Error) bool {
	return e.Code == 552 || e.Enhanced == "5.3.4" || strings.HasPrefix(e.Enhanced, "5.2.") || strings.HasPrefix(e.Enhanced, "5.6.") ||
		slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"}, e.Enhanced)
}

// sendingLimit is how providers say that we have sent too much: Gmail "Daily user sending limit exceeded", Microsoft 365
// "SubmissionQuotaExceededException" and "tenant external recipient rate limit", Amazon SES "Maximum sending rate
// exceeded" and "Daily message quota exceeded", Exim "has exceeded the max emails per hour", Postfix "too much mail from".
var sendingLimit = regexp.MustCompile(`(?i)\b(send|sending|submission|outbound|outgoing|relay|daily|hourly|monthly|tenant)\b[^.]{0,60}\b(limit|quota|allowance|rate)s?\b` +
	`|\b(limit|quota|allowance)s?\b[^.]{0,20}\b(for|of|on) (sending|outgoing|outbound)\b|quotaexceeded|e?mails? per (minute|hour|day)|messages? per (minute|hour|day)` +
	`|too (much|many) (e?mails?|messages) (from|sent|per)\b|unusual sending activity`)

// limited: the provider lets us send no more for now, whichever code it gives that. What a mailbox may receive, or how
// large a mail may be, is no such limit.
func limited(e *Error) bool {
	line := strings.ToLower(e.Line)
	switch {
	case e.Code < 400 || e.Code > 599 || e.Code == 421: // a 421 is for this connection
		return false
	case slices.Contains([]string{"5.4.5", "4.4.5", "4.5.3"}, e.Enhanced):
		return true
	case strings.Contains(line, "receiv") || strings.Contains(line, "size") || strings.Contains(line, "mailbox full"):
		return false
	}
	return sendingLimit.MatchString(line)
}

// distrusted: our machine, domain or account is on somebody's list. The long codes are those of Microsoft 365.
func distrusted(e *Error) bool {
	line := strings.ToLower(e.Line)
	return e.Code >= 500 && e.Code <= 599 && (strings.Contains(line, "client host") || strings.Contains(line, "bad outbound sender") ||
		slices.Contains([]string{"5.1.8", "5.7.25", "5.7.501", "5.7.502", "5.7.503", "5.7.508", "5.7.511", "5.7.705", "5.7.708", "5.7.750"}, e.Enhanced))
}

// notOwned: the login may not use this sender.
func notOwned(e *Error) bool {
	line := strings.ToLower(e.Line)
	return e.Code >= 500 && (e.Enhanced == "5.7.60" || strings.Contains(line, "sendasdenied") || strings.Contains(line, "not owned by") ||
		strings.Contains(line, "not allowed to send as"))
}

// relayDenied: the server sends to its own people only.
func relayDenied(e *Error) bool {
	line := strings.ToLower(e.Line)
	for _, words := range []string{"relay access denied", "relaying denied", "relay not permitted", "unable to relay", "relaying not permitted", "relay denied"} {
		if e.Code >= 500 && strings.Contains(line, words) {
			return true
		}
	}
	return false
}
