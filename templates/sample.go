package templates

// The samples with which Load checks the templates: every branch of theirs is taken by one of them.

func samplePrompt() Prompt {
	return Prompt{
		Team: "Platform", CheckIn: "weekly", Reader: "Aiko", Day: "Tuesday 3 March", ShortDay: "Tue 3 Mar",
		Questions: []string{"What got done?", "What is next?", "What is in the way?"},
		Plan:      []string{"Load test with Friday's peak.", "次の移行"}, PlanDay: "Mon 2 Mar", Since: []string{"", "since Thu 26 Feb"}, Lapsed: []string{"The old one"}, Offers: []string{"done", "moved"}, ReplyTo: "updates+abc@example.com",
		Waiting: []Topic{{Mark: "q1", Whose: "Dev asks you", Words: "Can we drop it?", Note: "answer by Thu 5 Mar, 16:00 (Tokyo)"}},
		Foot:    Foot{When: "Mon–Fri at 16:00 (Tokyo)", Teams: []string{"Platform"}},
	}
}

func sampleDigest() Digest {
	mia := Person{Name: "Mia Rossi", Parts: []Part{
		{Groups: []Group{
			{Label: "done", Items: []Item{{Mark: "a1", Text: "Moved the billing jobs to the new queue."}, {Mark: "a2", Text: "Closed https://example.com/4411.", Talk: Talk{Said: []Said{{"Noor", "Good riddance."}}, Reactions: "👍 Sam"}}}},
			{Label: "What did you learn?", Items: []Item{{Mark: "a3", Text: "- to ask\n- to listen"}}},
		}},
		{Note: "for Fri 27 Feb, late", Groups: []Group{{Label: "note", Items: []Item{{Mark: "a4", Text: "ありがとう"}}}}},
	}}
	dev := Person{Name: "Dev Patel", Parts: []Part{{Note: "correction for Mon 2 Mar"}}}
	return Digest{
		Day: "Tuesday 3 March", ShortDay: "Tue 3 Mar", Teams: []string{"Platform"}, Updates: 3, Items: 4, Names: []string{"Dev", "Mia"}, Others: 1,
		Comments: 2, Reactions: 1, Questions: 1,
		Example: "a1", ForYou: []Topic{{Mark: "b1", Whose: "You, Mon 2 Mar", Words: "Load test", Talk: Talk{Said: []Said{{"Mia", "With Friday's peak?\n\nOr Monday's."}}}}},
		Sections: []Section{
			{Topics: []Topics{{"Still stuck", []Topic{{Mark: "c1", Whose: "Sam", Words: "Waiting", Note: "since Fri 27 Feb", Talk: Talk{Reactions: "🎉 Mia"}}}}}, Team: "Platform", Updates: 3, People: []Person{dev, mia}, Own: "3 items for Mon 2 Mar", Away: "Sam until Mon 9 Mar and Kofi", Hours: "(Tokyo): Dev from 13:30 · Mia from 16:00"},
			{Team: "Growth", Own: "1 item for Mon 2 Mar"},
		},
		Foot: Foot{When: "Mon–Fri at 09:00 (Tokyo)", Teams: []string{"Platform", "Growth"}},
	}
}

func sampleWeekly() Weekly {
	d := sampleDigest()
	themes := []Theme{{Title: "Done", People: d.Sections[0].People[1:]}, {Title: "Said before", Topics: d.ForYou}}
	return Weekly{
		From: "Mon 2 Mar", Through: "Fri 6 Mar", Teams: []string{"Platform", "Growth"}, Items: 4, Comments: 1, Names: []string{"Mia"}, Others: 1, Contents: []string{"4 done"},
		Rollups: []Rollup{{"Platform", themes}, {"Growth", themes[:1]}}, Example: "a1", Foot: d.Foot,
	}
}

func sampleTroubles() Troubles {
	return Troubles{
		Address: "updates@example.com",
		Now:     []Trouble{{Title: "No mail has arrived", What: "no mail has arrived at all", Since: "Mon 2 Mar, 16:00 UTC", Hint: "answer a prompt yourself"}},
		Over:    []Trouble{{Title: "The mailbox was out of reach", What: "the mailbox is out of reach", Since: "Mon 2 Mar, 16:00 UTC", Until: "Mon 2 Mar, 18:00 UTC"}},
	}
}

func sampleReceipt(kind ReceiptKind) Receipt {
	var said Person
	if kind == UnsureReceipt || kind == PrivateReceipt || kind == CommentsReceipt {
		said = sampleDigest().Sections[0].People[1]
	}
	return Receipt{
		Team: "Platform", CheckIn: "weekly", Day: "Tuesday 3 March", Said: said, LeftOut: []LeftOut{{"Aiko Tanaka, Platform", "signature"}},
		Kind: kind, Answered: "pause", Reader: "Aiko", Paused: kind == PausedReceipt, Address: "updates@example.com",
		AwayFrom: "Mon 2 Mar", Back: "Mon 9 Mar", Doubt: "it may be one of two weeks", Changed: "Your zone is Asia/Tokyo now: it is 14:05 for you.", Undoable: true, CalledOff: []string{"from Mon 3 Aug to Fri 14 Aug"},
		Now: "14:05", Offset: "UTC+01:00", Zone: "Asia/Tokyo (UTC+09:00)", Lines: []string{"tz Europe/Lisbon (it is 06:05 there)"},
		Suspect: "aiko@home.example", HeldAbout: "pause", About: "Mia Rossi (mia@example.com)",
		Into: "Platform", Slug: "platform", By: "Rosa Lind", At: "rosa@example.com", Leads: kind == HelpReceipt,
		Prompts: []Time{{[]string{"Platform"}, "Mon–Fri at 16:00 (Tokyo)"}}, Digest: "Mon–Fri at 09:00 (Tokyo)",
	}
}

func sampleInbox() InboxPage {
	return InboxPage{Title: "Mails", Note: "Six people.", People: []InboxPerson{
		{Name: "Aiko Tanaka", Address: "aiko@example.com", Zone: "Tokyo", Mails: []InboxMail{sampleMail(HTMLView).Mail}},
		{Name: "Dev Patel", Address: "dev@example.com", Zone: "Kolkata"},
	}}
}

func sampleMail(view View) MailPage {
	return MailPage{
		Person: InboxPerson{Name: "Aiko Tanaka", Address: "aiko@example.com", Zone: "Tokyo"},
		Mail:   InboxMail{URL: "/mail/1", Kind: "prompt", Subject: "Platform: what happened today, Aiko?", When: "Mon 2 Mar, 16:00"},
		From:   "Platform <updates@example.com>", View: view,
		HTMLURL: "/mail/1", TextURL: "/mail/1/text", RawURL: "/mail/1/source", FrameURL: "/mail/1/frame", BackURL: "/",
		PrevURL: "/mail/0", NextURL: "/mail/2", Body: "Reply to this mail.",
	}
}
