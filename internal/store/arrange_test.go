package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"daybreak/internal/team"
)

// TestAnAccountKeepsItsCursorWhateverItsPlaceAmongTheAccounts arranges the same database again and again, as an admin would who moves from one
// provider to another: each folder has its last UID as mark.
func TestAnAccountKeepsItsCursorWhateverItsPlaceAmongTheAccounts(t *testing.T) {
	s := platform(t)
	folder := func(account, server, name string) team.Folder {
		return team.Folder{Account: account, Server: server, Name: name}
	}
	const address = "updates@example.com/"
	for _, step := range []struct {
		says    string
		folders []team.Folder
		want    string // the last UIDs of these folders, "-" for none
		read    []int  // the last UIDs that they have afterwards
	}{
		{"the first start", []team.Folder{folder(address+"INBOX", "old", "INBOX"), folder(address+"Junk", "old", "Junk")}, "- -", []int{10, 11}},
		{"again", []team.Folder{folder(address+"INBOX", "old", "INBOX"), folder(address+"Junk", "old", "Junk")}, "10 11", nil},
		{"its server is called otherwise", []team.Folder{folder(address+"INBOX", "older", "INBOX"), folder(address+"Junk", "older", "Junk")}, "10 11", nil},
		{"a new one comes first", []team.Folder{folder(address+"INBOX", "new", "INBOX"), folder("older/INBOX", "older", "INBOX"), folder("older/Junk", "older", "Junk")}, "- 10 11", []int{20, 12, 13}},
		{"again", []team.Folder{folder(address+"INBOX", "new", "INBOX"), folder("older/INBOX", "older", "INBOX")}, "20 12", nil},
		{"they change places", []team.Folder{folder(address+"INBOX", "older", "INBOX"), folder(address+"Junk", "older", "Junk"), folder("new/INBOX", "new", "INBOX")}, "12 13 20", nil},
		{"and back", []team.Folder{folder(address+"INBOX", "new", "INBOX"), folder("older/INBOX", "older", "INBOX")}, "20 12", nil},
		{"the old one is read no more", []team.Folder{folder(address+"INBOX", "new", "INBOX")}, "20", nil},
		{"the old one alone", []team.Folder{folder(address+"INBOX", "older", "INBOX"), folder(address+"Junk", "older", "Junk")}, "12 13", nil},
		{"both, with another address", []team.Folder{folder("team@example.com/INBOX", "new", "INBOX"), folder("older/INBOX", "older", "INBOX")}, "20 12", nil},
		{"another folder that was never read", []team.Folder{folder("team@example.com/Team", "new", "Team"), folder("older/INBOX", "older", "INBOX")}, "- 12", nil},
	} {
		must(t, s.Arrange(t.Context(), step.folders, nil))
		got := ""
		for i, f := range step.folders {
			c, ok, err := s.Cursor(t.Context(), f.Account)
			must(t, err)
			if ok {
				got += fmt.Sprint(" ", c.LastUID)
			} else {
				got += " -"
			}
			if step.read != nil {
				must(t, s.Baseline(t.Context(), team.Cursor{Account: f.Account, Validity: 1, LastUID: uint32(step.read[i]), BaselineAt: start}))
			}
		}
		if got != " "+step.want {
			t.Errorf("%s: the folders have%s, want %s", step.says, got, step.want)
		}
	}
}

// TestADatabaseOfBeforeKnowsItsOnlyAccount begins with a mailbox of which nothing says whose it is.
func TestADatabaseOfBeforeKnowsItsOnlyAccount(t *testing.T) {
	s := platform(t)
	must(t, s.Baseline(t.Context(), team.Cursor{Account: "updates@example.com/INBOX", Validity: 1, LastUID: 7, BaselineAt: start}))
	must(t, s.Arrange(t.Context(), []team.Folder{{Account: "updates@example.com/INBOX", Server: "old", Name: "INBOX"}, {Account: "new/INBOX", Server: "new", Name: "INBOX"}}, nil))
	c, ok, err := s.Cursor(t.Context(), "updates@example.com/INBOX")
	must(t, err)
	if !ok || c.LastUID != 7 {
		t.Errorf("%+v %t", c, ok)
	}
	must(t, s.Arrange(t.Context(), []team.Folder{{Account: "updates@example.com/INBOX", Server: "new", Name: "INBOX"}, {Account: "old/INBOX", Server: "old", Name: "INBOX"}}, nil))
	c, ok, err = s.Cursor(t.Context(), "old/INBOX")
	must(t, err)
	if _, first, _ := s.Cursor(t.Context(), "updates@example.com/INBOX"); !ok || c.LastUID != 7 || first {
		t.Errorf("%+v %t, and the first one has a cursor: %t", c, ok, first)
	}
}

func TestWhatIsTheMatterWithAnAccountThatIsReadNoMoreIsForgotten(t *testing.T) {
	s := platform(t)
	kept := func(about ...string) {
		t.Helper()
		list, err := s.Troubles(t.Context())
		must(t, err)
		var got []string
		for _, trouble := range list {
			got = append(got, string(trouble.Kind)+" "+trouble.About)
		}
		if !slices.Equal(got, about) {
			t.Errorf("kept are %q, want %q", got, about)
		}
	}
	away := func(about string) team.Trouble {
		return team.Trouble{Kind: team.MailboxTrouble, About: about, Since: start, What: "away"}
	}
	full := team.Trouble{Kind: team.FullTrouble, Since: start, What: "full"}
	must(t, s.NoteTroubles(t.Context(), []team.Trouble{away("new"), away("old"), full}, start))
	must(t, s.NoteTroubles(t.Context(), []team.Trouble{away("old"), full}, start.Add(time.Hour)))
	kept("disk-full ", "mailbox new", "mailbox old")
	list, err := s.Troubles(t.Context())
	must(t, err)
	if list[1].Ended.IsZero() || !list[2].Ended.IsZero() {
		t.Errorf("of two accounts the wrong one is well again: %+v", list)
	}
	must(t, s.Arrange(t.Context(), nil, []string{"new", "old"}))
	kept("disk-full ", "mailbox new", "mailbox old")
	must(t, s.Arrange(t.Context(), nil, []string{""}))
	kept("disk-full ")
}
