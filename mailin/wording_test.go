package mailin

import (
	"testing"

	"daybreak/internal/team"
	"daybreak/mailin/mime"
)

// TestProgramsAreToldByTheirWords has mails from a member's own address that nothing in their header tells from the member's.
func TestProgramsAreToldByTheirWords(t *testing.T) {
	for _, c := range []struct{ subject, body string }{
		{"Read: Platform: what happened today?", "Your message\n\n   To:  Aiko Tanaka\n   Subject: Platform: what happened today?\n   Sent: Monday, March 9, 2026 4:00:00 PM (UTC) Tokyo\n\n was read on Monday, March 9, 2026 5:12:00 PM (UTC) Tokyo."},
		{"Not read: Platform", "Your message\n\n To: Aiko\n Subject: Platform\n\nwas deleted without being read on Monday, March 9, 2026 5:12:00 PM."},
		{"Return Receipt (displayed) - Platform", "This is a Return Receipt for the mail that you sent to aiko@example.com.\n\nNote: This Return Receipt only acknowledges that the message was displayed on the recipient's computer."},
		{"Gelesen: Platform: was war heute?", "Ihre Nachricht\n\n   An: Aiko\n   Betreff: Platform\n   Gesendet: Montag, 9. März 2026 16:00\n\nwurde am Montag, 9. März 2026 17:12 gelesen."},
		{"Lu : Platform", "Votre message\n\n   À : Aiko\n   Objet : Platform\n\na été lu le lundi 9 mars 2026 17:12."},
		{"Leído: Platform", "El mensaje\n\n  Para: Aiko\n  Asunto: Platform\n\nfue leído el lunes, 9 de marzo de 2026 17:12."},
		{"Lida: Platform", "Sua mensagem\n\n  Para: Aiko\n  Assunto: Platform\n\nfoi lida em segunda-feira, 9 de março de 2026 17:12."},
		{"Letto: Platform", "Il messaggio\n\n  A: Aiko\n  Oggetto: Platform\n\nè stato letto in data lunedì 9 marzo 2026 17:12."},
		{"Gelezen: Platform", "Uw bericht\n\n  Aan: Aiko\n  Onderwerp: Platform\n\nis gelezen op maandag 9 maart 2026 17:12."},
		{"Przeczytano: Platform", "Twoja wiadomość\n\n  Do: Aiko\n\nzostała przeczytana w dniu poniedziałek 9 marca 2026 17:12."},
		{"開封済み: Platform", "メッセージ\n\n 宛先: Aiko\n 件名: Platform\n\nは 2026年3月9日 17:12 に開封されました。"},
		{"已读: Platform", "您的邮件\n\n 收件人: Aiko\n 主题: Platform\n\n已于 2026年3月9日 17:12 被阅读。已读"},

		{"Re: Platform: what happened today?", "Aiko here. To control spam, I now allow incoming messages only from senders I have approved beforehand.\n\nIf you would like to be added to my list, please fill out the short request form:\nhttps://block.example/x\n\nPlease confirm once."},
		{"Please confirm your message", "This message was created automatically by mail delivery software (TMDA).\n\nYour message attached below is being held because the address <updates@example.com> has not been verified.\n\nTo release your message for delivery, please send an empty message to the following address, or use your mailer's \"Reply\" feature.\n\n  aiko-confirm-1@example.com"},
		{"Re: Platform (verification needed)", "This email is protected by Spam Arrest. Just this once, please verify your email address so that your message is delivered: click here https://arrest.example/a"},
		{"Your email to aiko@example.com requires action", "Hello,\n\nYour message about \"Platform\" was waitlisted. Boxbe: click the link below to be added to the guest list.\nhttps://boxbe.example/x"},
		{"Ihre E-Mail an aiko@example.com", "Ihre Nachricht wurde zurückgehalten. Bitte bestätigen Sie einmalig, dass Sie ein Mensch sind: https://pruefung.example/x"},
		{"Votre message à Aiko", "Bonjour, votre message est en attente. Pour l'authentifier, cliquez sur ce lien : https://mib.example/x"},

		{"Your message needs verification", "The message you sent requires that you verify that you are a real live human being and not a source of spam. To complete this, simply reply to this message."},

		{"Automatic reply: Platform", "I am away."},
		{"Out of the office Re: Platform: what happened today?", "Back on Monday."},
		{"Autoodpowiedź: Platform", "Jestem na urlopie."},
		{"Out of office: Platform", "Back on Monday."},
		{"Out of Office AutoReply: Platform", "Back on Monday."},
		{"AutoReply: Platform", "Back on Monday."},
		{"[Auto-Reply] Platform", "Back on Monday."},
		{"Re: Out of Office", "Back on Monday."},
		{"Abwesenheitsnotiz: Platform", "Ich bin im Urlaub."},
		{"Automatische Antwort: Platform", "Ich bin im Urlaub."},
		{"Réponse automatique : Platform", "Je suis absente."},
		{"Message d'absence", "Je suis absente."},
		{"Respuesta automática: Platform", "Estoy fuera."},
		{"Resposta automática: Platform", "Estou fora."},
		{"Risposta automatica: Platform", "Sono fuori."},
		{"Automatisch antwoord: Platform", "Ik ben weg."},
		{"Autosvar: Platform", "Jag är borta."},
		{"Răspuns automat: Platform", "Sunt plecat."},
		{"Αυτόματη απάντηση: Platform", "Λείπω."},
		{"自動返信: Platform", "不在です。"},

		{"Re: Platform: what happened today?", "Hello,\n\nThank you for your e-mail. I am currently out of the office and will be back on 16 March 2026.\n\nKind regards\nAiko"},
		{"Re: Platform", "Thanks for your message! I'm on annual leave until 13 March with limited access to mail. For urgent matters write to ben@example.com."},
		{"Re: Platform", "This is an automated response. I will be away until 13 March."},
		{"AW: Platform", "Sehr geehrte Damen und Herren,\n\nvielen Dank für Ihre E-Mail. Ich bin bis 13. März nicht im Büro."},
		{"RE: Platform", "Bonjour,\n\nMerci pour votre message. Je suis absente jusqu'au 13 mars."},
		{"RE: Platform", "Gracias por su mensaje. Estoy fuera de la oficina hasta el 13 de marzo."},
		{"RE: Platform", "Obrigada pela sua mensagem. Estou de férias até 13 de março."},
		{"R: Platform", "Grazie per il messaggio. Sono in ferie fino al 13 marzo."},
		{"RE: Platform", "Bedankt voor uw bericht. Ik ben afwezig tot 13 maart."},
		{"SV: Platform", "Tack för ditt mail. Jag har semester till 13 mars."},
		{"Re: Platform", "メールをいただきありがとうございます。3月13日まで休暇をいただいております。"},
	} {
		raw := "From: Aiko <aiko@example.com>\nTo: updates@example.com\nSubject: " + c.subject + "\nMessage-ID: <1@example.com>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + c.body + "\n"
		if got, why := Classify(mime.Read([]byte(raw)), "updates@example.com"); got != team.AutoReply {
			t.Errorf("%s: %.60q is taken for %q (%s)", c.subject, c.body, got, why)
		}
	}
}

// TestPeopleWriteOfHolidaysAndReceiptsToo has what a program's words must not be told by.
func TestPeopleWriteOfHolidaysAndReceiptsToo(t *testing.T) {
	for _, c := range []struct{ subject, body string }{
		{"Read: the RFC on receipts", "Read the RFC today. Your message on the wiki was read by most people, I think."},
		{"Re: Platform", "Your message was read on Monday, thanks. Done: the importer."},
		{"Gelesen: Kapitel 3", "Heute das dritte Kapitel gelesen und die Nachricht an Ben geschrieben."},
		{"Lu: le rapport", "J'ai lu le rapport. Votre message d'hier m'a aidé."},
		{"Re: Platform", "- sent read receipts to the finance desk\n- next: the return receipt form\n"},
		{"Return receipt form", "Done: the return receipt form for the shop.\nNext: delivery receipts."},
		{"Re: Platform", "I am out of the office until 13 March, and the importer is done."},
		{"Re: Platform", "Done: importer. I'm on vacation from Thursday, Ben takes over."},
		{"Re: Platform", "Thanks for your patience yesterday. Fixed the login; next the vacation calendar, it shows who is away."},
		{"Re: Platform", "Thank you for the reminder! Done: the slides. I will be in Rome on Friday."},
		{"Re: Platform", "Planned my holiday, wrote the out of office text for the helpdesk, answered 12 mails."},
		{"Re: Platform", "Vielen Dank! Heute: Import fertig. Ab Donnerstag bin ich im Urlaub."},
		{"Re: Platform", "Merci ! Fait : la page. Demain je suis en vacances."},
		{"Re: Platform", "Hello all,\n\nBuilt the automatic reply for the shop. It says thank you for your message, we are out of the office."},
		{"Re: Platform", "Reviewed the challenge-response flow: your message is held until you confirm. See https://wiki.example/x. Not delivered yet, next week."},
		{"Re: Platform", "Please confirm that the date holds. Sent the quote to the customer: https://crm.example/1"},
		{"Re: Platform", "Blocked: need somebody to verify the address change, https://tracker.example/77. Reply to this if you can."},
		{"Spam filter", "Set up the spam filter: it only accepts mail from known senders now. Click rates are down 3 %."},
		{"Out of office hours", "Worked out of office hours on the migration."},
		{"Automatic replies", "Done: automatic replies for the help desk."},
		{"Holiday schedule: final", "The holiday schedule is final now."},
		{"Re: Platform", "Got your message, was at a holiday party. Done: nothing much, the build is green."},
		{"Abwesenheiten im März", "Die Liste der Abwesenheiten ist fertig."},
		{"Absence list", "Made the absence list for March."},
		{"Vacation planner", "Shipped the vacation planner."},
	} {
		raw := "From: Aiko <aiko@example.com>\nTo: updates@example.com\nSubject: " + c.subject + "\nMessage-ID: <1@example.com>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + c.body + "\n"
		if got, why := Classify(mime.Read([]byte(raw)), "updates@example.com"); got != "" {
			t.Errorf("%s: %.60q is taken for %s (%s)", c.subject, c.body, got, why)
		}
	}
}
