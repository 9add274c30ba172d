package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"daybreak/internal/mailtest"
	"daybreak/internal/store"
	"daybreak/internal/team"
)

// The accounts of a house with two, as the configuration has them.
const (
	newAccount = "[[imap]]\nurl = \"imap://127.0.0.1:143\"\npassword_file = \"secret\"\nauthserv_id = \"mx.example.com\"\n"
	oldAccount = "[[imap]]\nurl = \"imap://127.0.0.1:1143\"\nuser = \"" + oldAddress + "\"\npassword_file = \"secret\"\nauthserv_id = \"mx.old.example\"\n"

	oldAddress = "updates@old.example"
	newName    = "updates@example.com at 127.0.0.1"
	oldName    = oldAddress + " at 127.0.0.1:1143"
)

// inTwoAccounts runs the test in a bubble with a second account beside the one of the house. The daemon does not run yet. Both servers number
// their mails alike.
func inTwoAccounts(t *testing.T, test func(*outage)) {
	duringOutages(t, func(o *outage) {
		var err error
		o.other, err = mailtest.Start(mailtest.Options{Address: oldAddress, Password: houseSecret})
		must(t, err)
		o.administered()
		o.people("Aiko", "Mia")
		test(o)
		defer func() { must(t, o.other.Close()) }()
	})
}

// reads writes which accounts are read from the next start on.
func (o *outage) reads(accounts ...string) {
	o.t.Helper()
	text, err := os.ReadFile(o.config)
	must(o.t, err)
	head, rest, _ := strings.Cut(string(text), "[imap]\n")
	if i := strings.Index(string(text), "[[imap]]"); i >= 0 {
		head = string(text)[:i]
	}
	_, rest, _ = strings.Cut(rest+string(text), "[smtp]\n")
	rest, _, _ = strings.Cut(rest, "address =")
	must(o.t, os.WriteFile(o.config, []byte(head+strings.Join(accounts, "")+"[smtp]\n"+rest), 0o600))
}

// arrives puts a mail into the second account, as its server would.
func (o *outage) arrives(raw []byte) {
	o.t.Helper()
	_, err := o.other.Deliver(mailtest.Transit(raw, time.Now(), oldAddress))
	must(o.t, err)
}

// outcomes makes sure what became of all mails.
func (o *outage) outcomes(want string) {
	o.t.Helper()
	got := o.status().Outcomes
	if have := fmt.Sprintf("stored %d, duplicate %d, held %d, old %d", got[team.Stored], got[team.Duplicate], got[team.Held], got[team.Old]); have != want {
		o.t.Errorf("the outcomes are %v, want %s\n%s", got, want, o.log)
	}
}

func TestMailsInEveryAccountCountAndCopiesOnce(t *testing.T) {
	inTwoAccounts(t, func(o *outage) {
		o.reads(newAccount, oldAccount)
		o.deliver(letter("Aiko", "before"))
		o.arrives(letter("Mia", "earlier"))
		o.serve()
		o.after(time.Minute)
		o.outcomes("stored 0, duplicate 0, held 0, old 0") // both begin with what comes from now on

		o.deliver(letter("Aiko", "plankton"))
		o.arrives(letter("Mia", "krill"))
		o.after(time.Minute)
		o.outcomes("stored 2, duplicate 0, held 0, old 0")

		both := letter("Aiko", "whale")
		o.arrives(both)
		o.deliver(both)
		o.after(time.Minute)
		o.outcomes("stored 3, duplicate 1, held 0, old 0")

		// What one server finds out about senders is not believed of the other's mail.
		forged := append([]byte("Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=mia@example.com\r\n"), letter("Mia", "seal")...)
		_, err := o.other.Deliver(forged)
		must(t, err)
		o.after(time.Minute)
		o.outcomes("stored 3, duplicate 1, held 1, old 0")

		o.stop()
		must(t, <-o.ended)
		o.deliver(letter("Aiko", "orca"))
		o.arrives(letter("Mia", "squid"))
		o.serve()
		o.after(time.Minute)
		o.outcomes("stored 5, duplicate 1, held 1, old 0")
	})
}

func TestAnAccountOutOfReachIsNamedAndTheOtherIsRead(t *testing.T) {
	for _, first := range []bool{false, true} {
		t.Run(fmt.Sprint("first ", first), func(t *testing.T) {
			inTwoAccounts(t, func(o *outage) {
				o.reads(newAccount, oldAccount)
				o.serve()
				o.after(10 * time.Minute)
				away, server, name, read := &o.gone, o.other, oldName, o.deliver
				if first {
					away, server, name, read = &o.away, o.server, newName, o.arrives
				}
				away.Store(true)
				server.DropIMAP()
				o.after(30 * time.Minute)
				for n := range 3 {
					read(letter("Aiko", fmt.Sprint("krill", n)))
					o.after(time.Minute)
					o.outcomes(fmt.Sprintf("stored %d, duplicate 0, held 0, old 0", n+1)) // at once
				}
				list := o.status().Troubles
				if len(list) != 1 || list[0].Name() != (team.TroubleName{Kind: team.MailboxTrouble, About: name}) || !strings.HasPrefix(list[0].What, "the mailbox "+name+" is out of reach: ") {
					t.Errorf("the troubles are %+v", list)
				}
				away.Store(false)
				o.after(time.Hour)
				subjects, mails := toldTo(o.server, rosa)
				if want := []string{"daybreak: The mailbox " + name + " is out of reach", "daybreak: Well again"}; fmt.Sprint(subjects) != fmt.Sprint(want) {
					t.Errorf("the admin is told %q, want %q", subjects, want)
				} else if !strings.Contains(string(mails[1].Raw), name) {
					t.Errorf("it does not say which is well again:\n%s", mails[1].Raw)
				}
			})
		})
	}
}

// TestTwoAccountsOutOfReachAreTwoTroubles has the second lock us out while the first is away.
func TestTwoAccountsOutOfReachAreTwoTroubles(t *testing.T) {
	inTwoAccounts(t, func(o *outage) {
		o.reads(newAccount, strings.ReplaceAll(oldAccount, "\"secret\"", "\"other\""))
		must(t, os.WriteFile(o.dir+"/other", []byte(houseSecret), 0o600))
		o.serve()
		o.after(10 * time.Minute)
		o.away.Store(true)
		o.server.DropIMAP()
		o.after(20 * time.Minute)
		must(t, os.WriteFile(o.dir+"/other", []byte("wrong"), 0o600))
		o.other.DropIMAP()
		o.after(20 * time.Minute)
		told := func() string {
			subjects, _ := toldTo(o.server, rosa)
			return strings.Join(subjects, ", ")
		}
		if got, want := told(), "daybreak: The mailbox "+newName+" is out of reach, daybreak: The mailbox "+oldName+" does not let us in"; got != want {
			t.Errorf("the admin is told %q, want %q", got, want)
		}
		if names := troubleNames(o.status().Troubles); names != "mailbox login" {
			t.Errorf("in trouble with %q", names)
		}
		o.away.Store(false)
		o.after(20 * time.Minute)
		if list := o.status().Troubles; len(list) != 1 || list[0].About != oldName {
			t.Errorf("when the first is back the troubles are %+v", list)
		}
	})
}

// TestMovingToAnotherProvider reads one account, then a new one beside it that comes first, then that alone.
func TestMovingToAnotherProvider(t *testing.T) {
	inTwoAccounts(t, func(o *outage) {
		o.reads(strings.Replace(oldAccount, "[[imap]]", "[imap]", 1))
		o.serve()
		o.after(time.Minute)
		o.arrives(letter("Aiko", "plankton"))
		o.after(time.Minute)
		o.outcomes("stored 1, duplicate 0, held 0, old 0")

		o.stop()
		must(t, <-o.ended)
		o.reads(newAccount, oldAccount)
		o.deliver(letter("Mia", "welcome")) // what lies in a new one is left alone
		o.arrives(letter("Mia", "krill"))
		o.serve()
		o.after(time.Minute)
		o.outcomes("stored 2, duplicate 0, held 0, old 0")
		for n := range 5 { // the new one is ahead
			o.deliver(letter("Aiko", fmt.Sprint("seal", n)))
		}
		o.after(time.Minute)
		o.outcomes("stored 7, duplicate 0, held 0, old 0")

		o.gone.Store(true) // the old one is closed
		o.other.DropIMAP()
		o.after(time.Hour)
		if list := o.status().Troubles; len(list) != 1 || list[0].About != oldName {
			t.Errorf("the troubles are %+v", list)
		}
		o.stop()
		must(t, <-o.ended)
		told, _ := toldTo(o.server, rosa)
		o.reads(strings.Replace(newAccount, "[[imap]]", "[imap]", 1))
		o.deliver(letter("Mia", "whale"))
		o.serve()
		o.after(time.Hour)
		o.outcomes("stored 8, duplicate 0, held 0, old 0")
		if list := o.status().Troubles; len(list) != 0 {
			t.Errorf("of an account that is read no more it is known: %+v", list)
		}
		if again, _ := toldTo(o.server, rosa); len(again) != len(told) {
			t.Errorf("the admin is told %q", again)
		}
		if subjects := fmt.Sprint(told); subjects != "[daybreak: The mailbox "+oldName+" is out of reach]" {
			t.Errorf("the admin was told %s", subjects)
		}
	})
}

// TestRepliesToTheAddressOfBeforeCount has the team move to another address in the midst of a conversation.
func TestRepliesToTheAddressOfBeforeCount(t *testing.T) {
	inTwoAccounts(t, func(o *outage) {
		const was, is = "address = \"updates@old.example\"", "address = \"updates@example.com\""
		o.rewrite(is, was)
		o.reads(strings.Replace(oldAccount, "[[imap]]", "[imap]", 1))
		o.serve()
		o.after(time.Minute)
		o.stop()
		must(t, <-o.ended)
		o.rewrite(was, is)
		o.reads(newAccount, oldAccount)
		o.serve()
		o.after(time.Minute)
		for n, prompt := range o.server.Deliveries() {
			if !strings.Contains(string(prompt.Raw), "Reply-To: <updates+") && !strings.Contains(string(prompt.Raw), "@old.example") {
				t.Fatalf("it was not asked from the address of before:\n%s", prompt.Raw)
			}
			name, _, _ := strings.Cut(prompt.To, "@")
			raw, err := mailtest.Clients()[n].Reply(prompt.Raw, mailtest.Identity{Name: name, Address: prompt.To}, time.Now(), mailtest.Answer{Text: "Moved the billing jobs."})
			must(t, err)
			if n == 0 { // the old provider passes it on
				o.deliver(raw)
			} else {
				o.arrives(raw)
			}
		}
		o.after(time.Minute)
		o.outcomes("stored 2, duplicate 0, held 0, old 0")
		s, err := store.Open(o.t.Context(), store.Options{Path: o.database(), ReadOnly: true})
		must(t, err)
		defer s.Close()
		mails, err := s.Mails(o.t.Context(), team.Stored, 10)
		must(t, err)
		for _, m := range mails {
			if !strings.HasPrefix(m.Reason, "it is an answer to the prompt of ") || !strings.HasSuffix(m.Reason, ", found by the reply address") {
				t.Errorf("a reply of %s is read as: %s", m.From, m.Reason)
			}
		}
	})
}
