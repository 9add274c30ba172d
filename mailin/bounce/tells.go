package bounce

import (
	"regexp"
	"strings"

	"daybreak/mailin/mime"
)

// openings are what the texts of bounces say in their first lines, in the languages in which servers write.
var openings = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`(could|can|was|were|has|have|will) ?(not|n['o’]t) (yet )?(been |be )?(delivered|sent|transmitted|relayed)`, `cannot be (delivered|sent)`,
	`(unable|failed|not able|not possible|failure|error occurred|an error|trouble|problem)[^.]{0,40}\b(to )?deliver`,
	`undeliver(able|ed)`, `not delivered`, `non-?deliver(y|able)`, `delivery (has |have )?(failed|failure|error|problem|attempts?|` +
		`to the following|status notification|notification|of the following|report)`,
	`did not reach`, `returned to (the )?sender`, `failed permanently`, `permanent (fatal )?errors?`, `delivery errors`,
	`following address(es)?\(?(es\))? (failed|had)`, `address(es)? not found`,
	`bounce (notification|message)|was rejected|has been rejected|rejected (the|your) (message|e?-?mail)|rejected recipient`,
	`the following (recipient|address)`, `transcript of session`, `failure reasons`, `mailbox (is )?full`,
	`konnte (leider )?nicht (zugestellt|gesendet|übermittelt)`, `nicht zugestellt`, `zustellung .{0,60}(fehlgeschlagen|nicht möglich|verzögert)`,
	`fehler bei der (nachrichten)?zustellung`, `unzustellbar`,
	`n['’]a pas (pu être|été) (remis|distribué|délivré|livré|envoyé)`, `échec de (la )?(remise|distribution|livraison)`, `n['’]ont pas pu`,
	`impossible de (remettre|délivrer|distribuer)`,
	`no (se )?(pudo|ha podido|puede|pudimos|fue posible)[^.]{0,30}entreg`, `no (se )?(pudo|ha podido) ser (entregad|enviad)`, `error (al|en la|` +
		`de) entreg`, `no se entregó`,
	`não (pôde|foi|pode|é)[^.]{0,30}entreg`, `falha na entrega`, `nao (pode|foi) (ser )?(possivel )?(entreg|envi)`,
	`(non|impossibile)[^.]{0,40}(recapit|consegn|inoltr)`, `mancat[ao] (recapito|consegna)`, `kon(den)? niet worden (bezorgd|afgeleverd)`,
	`niet (bezorgd|afgeleverd)`,
	`(kunde|gick) inte (levereras|att leverera)`, `kunne ikke (leveres|bli levert|afleveres)`, `ei (voitu|voida) toimittaa`, `nie (mógł|mogła|` +
		`może|można|udało się)[^.]{0,40}dostarcz`, `nedoruč|nelze doručit|nebylo možné doručit`,
	`nem (sikerült|lehetett|kézbesít)`, `(teslim edil|iletil)emedi`, `не (удалось|может быть|была?|было|мог(ло|ла)?)[^.]{0,40}доставл`, `не доставлен`,
	`配信(できま|でき|不能|に失敗|されま)`, `送信(できま|でき|に失敗|することができ)`, `お届けできま`, `送達`, `存在しません`, `无法(送达|投递|发送|传递)`, `無法(傳遞|投遞|傳送|送達)`, `未(能)?送[达達]`, `(投递|发送|` +
		`傳送)失[败敗]`, `退信`,
	`(배달|전달|전송|발송)(되지|하지|할 수|을|에)? ?(못|없|실패)`,
}, "|"))

// openingLines is how far down the text of a bounce says that it is one.
const openingLines = 30

// Tells says whether a text reads as a bounce: it says in its first lines that a mail was not delivered, and names an address. People
// write such things too, so that more than this is needed to know a bounce.
func Tells(m *mime.Message) bool {
	said := false
	for i := range m.Body[:min(len(m.Body), openingLines)] {
		if openings.MatchString(shortened(m.Body[i].Text)) {
			said = true
			break
		}
	}
	if !said {
		if _, kind := readNotice(m); kind == "bounce" {
			return true
		}
		return false
	}
	t := readText(m)
	return len(t.groups()) > 0 || len(t.anchored()) > 0
}
