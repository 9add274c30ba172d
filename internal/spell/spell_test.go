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
