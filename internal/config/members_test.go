package config

import (
	"strings"
	"testing"

	"daybreak/internal/team"
)

func TestAMemberMayHaveAnAddressBeyondASCII(t *testing.T) {
	for address, want := range map[string]string{
		"José@example.com": "josé@example.com", "愛子@example.com": "愛子@example.com", "mia@example.com": "mia@example.com",
		"jose\u0301@example.com": "marks", "a\u202eb@example.com": "", "mia@exämple.com": "domain",
	} {
		list, err := ParseMembers([]byte("address,zone\n"+address+",Europe/Rome\n"), "a.csv", team.Team{})
		switch {
		case err == nil && (len(list) != 1 || list[0].Member.Address() != want):
			t.Errorf("%q: %+v, want %q", address, list, want)
		case err != nil && (strings.Contains(want, "@") || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, wrong, _ := CheckAddress("愛子@example.com"); wrong == "" {
		t.Error("daybreak's own address may be beyond ASCII")
	}
}
