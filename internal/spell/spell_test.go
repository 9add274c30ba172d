package spell

import "testing"

func TestTheNearestWordIsFound(t *testing.T) {
	words := []string{"pause", "resume", "help", "working_hours"}
	for word, want := range map[string]string{
		"puase": "pause", "Resmue": "resume", "helpp": "help", "working_hour": "working_hours", "workin_huors": "working_hours", "shelf": "", "x": "", "": "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestLettersToChangeAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"pause", "puase", 1}, {"pause", "cause", 1}, {"kitten", "sitting", 3}, {"größe", "grösse", 2}} {
		if got := Distance(c.a, c.b); got != c.want || Distance(c.b, c.a) != got {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNamesThatLookAlikeAreSeenAlike(t *testing.T) {
	for a, b := range map[string]string{"Mia Rossi": "mia  rossı", "Aiko": "Аікο", "Zoë": "ZOE", "Łukasz": "lukasz", "O’Neill": "O'Neill", "Ｍia": "mia"} {
		if Seen(a) != Seen(b) {
			t.Errorf("%q is %q, %q is %q", a, Seen(a), b, Seen(b))
		}
	}
	if Seen("Mia") == Seen("Mina") || Seen("Анна") == Seen("Инна") {
		t.Error("names that differ look alike")
	}
}
