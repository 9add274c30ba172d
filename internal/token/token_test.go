package token

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"daybreak/internal/team"
)

var (
	now  = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	keys = Keys{{1, bytes.Repeat([]byte{1}, 32)}}
	some = Token{Kind: Prompt, Member: 7, ID: 3, Day: team.Date{Year: 2026, Month: 3, Day: 9}, Expires: team.Date{Year: 2026, Month: 6, Day: 7}}
)

func TestAGoodTokenSaysWhatWasSigned(t *testing.T) {
	text := keys.Sign(some)
	for _, form := range []string{text, strings.ToUpper(text)} {
		if got, err := keys.Verify(form, now); err != nil || got != some {
			t.Errorf("%q reads as %+v, %v", form, got, err)
		}
	}
}

func TestTheLongestTokenFitsAnAddress(t *testing.T) {
	big := Token{Kind: 15, Member: 1<<21 - 1, ID: 1<<28 - 1, Day: some.Day, Expires: some.Expires}
	if text := keys.Sign(big); len(text) > MaxLen {
		t.Errorf("it has %d characters, more than %d", len(text), MaxLen)
	} else if got, err := keys.Verify(text, now); err != nil || got != big {
		t.Errorf("it reads as %+v, %v", got, err)
	}
}

func TestEveryChangedCharacterIsNoticed(t *testing.T) {
	text := keys.Sign(some)
	for i := range text {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			if byte(c) == text[i] {
				continue
			}
			changed := text[:i] + string(c) + text[i+1:]
			if got, err := keys.Verify(changed, now); err == nil {
				t.Fatalf("with %q at %d it reads as %+v", c, i, got)
			}
		}
	}
	for _, bad := range []string{"", "a", text[1:], text + "a", text[:len(text)-1], strings.Repeat("a", 40), "platform"} {
		if got, err := keys.Verify(bad, now); err == nil {
			t.Errorf("%q reads as %+v", bad, got)
		}
	}
}

func TestTokensExpire(t *testing.T) {
	text := keys.Sign(some)
	last := time.Date(2026, 6, 7, 23, 59, 0, 0, time.UTC)
	if _, err := keys.Verify(text, last); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	got, err := keys.Verify(text, last.Add(time.Minute))
	if !errors.Is(err, ErrExpired) || got != some {
		t.Errorf("after its last day: %+v, %v", got, err)
	}
}

func TestOldKeysVerifyUntilTheyAreTakenAway(t *testing.T) {
	old := keys.Sign(some)
	rotated := Keys{{2, bytes.Repeat([]byte{2}, 32)}, keys[0]}
	if _, err := rotated.Verify(old, now); err != nil {
		t.Errorf("after rotation: %v", err)
	}
	if _, err := rotated[:1].Verify(old, now); !errors.Is(err, ErrForged) {
		t.Errorf("without the old key: %v", err)
	}
	if _, err := keys.Verify(rotated.Sign(some), now); !errors.Is(err, ErrForged) {
		t.Errorf("with the new key unknown: %v", err)
	}
}

func TestWhatATokenSaysIsReadWithoutItsKey(t *testing.T) {
	if got, err := Unproven(strings.ToUpper(keys.Sign(some))); err != nil || got != some {
		t.Errorf("it reads as %+v, %v", got, err)
	}
	for _, bad := range []string{"", "platform", strings.Repeat("a", 41), keys.Sign(some)[1:]} {
		if got, err := Unproven(bad); err == nil {
			t.Errorf("%q reads as %+v", bad, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	const base = "updates@example.com"
	if got := FromAddress(base, Address(base, "abc")); got != "abc" {
		t.Errorf("there and back gives %q", got)
	}
	if got := FromAddress(base, " <Updates+ABC@Example.COM> "); got != "abc" {
		t.Errorf("in other letters: %q", got)
	}
	for _, other := range []string{"updates@example.com", "updates+abc@example.org", "up+abc@example.com", "abc", ""} {
		if got := FromAddress(base, other); got != "" {
			t.Errorf("%q gives %q", other, got)
		}
	}
	if got := FromMessageID(base, "<"+MessageID(base, "abc")+">"); got != "abc" {
		t.Errorf("Message-ID there and back gives %q", got)
	}
	if got := FromMessageID(base, "<abc@example.org>"); got != "" {
		t.Errorf("a foreign Message-ID gives %q", got)
	}
}

func TestAMillionGuesses(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a second")
	}
	good := keys.Sign(some)
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	for n := range 1_000_000 {
		guess := []byte(good)
		from := 0
		if n%2 == 0 { // all that is said is right, and the signature guessed
			from = len(good) - 25
		}
		for i := from; i < len(guess); i++ {
			guess[i] = letters[random.IntN(len(letters))]
		}
		if _, err := keys.Verify(string(guess), now); err == nil && string(guess) != good {
			t.Fatalf("%s is taken", guess)
		}
	}
}

func FuzzVerify(f *testing.F) {
	good := keys.Sign(some)
	f.Add(good)
	f.Add(strings.ToUpper(good))
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Add("updates+x@example.com")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := keys.Verify(text, now); err == nil && keys.Sign(got) != strings.ToLower(text) {
			t.Errorf("%q reads as %+v, which is signed %q", text, got, keys.Sign(got))
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	text := keys.Sign(some)
	for b.Loop() {
		if _, err := keys.Verify(text, now); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBouncesComeToAnAddressOfTheirOwn(t *testing.T) {
	const text = "abcdefghijklmnopqrstuvwxyz234567"
	addr := BounceAddress("updates@example.com", text)
	if addr != "updates+b."+text+"@example.com" || FromBounceAddress("updates@example.com", addr) != text {
		t.Errorf("%s, back %q", addr, FromBounceAddress("updates@example.com", addr))
	}
	if got := FromBounceAddress("updates@example.com", Address("updates@example.com", text)); got != "" {
		t.Errorf("a reply address gives %q", got)
	}
	long := strings.Repeat("u", 30) + "@example.com" // RFC 5321 allows 64 characters before the @
	if got := BounceAddress(long, text); got != long {
		t.Errorf("too long: %s", got)
	}
}
