package spell

import "testing"

func TestWordsNameSomebodyByTheirFirstName(t *testing.T) {
	for words, want := range map[string]bool{
		"can Jean-Luc look at it?": true, "jean-luc, please": true, "Jean-Luc's turn": true, "it is Jean-Luc’s": true, "(Jean-Luc)": true, "'jean-luc'": true, "@jean-luc?": true,
		"Jean looks at it": false, "Luc looks at it": false, "Morel looks at it": false, "": false,
	} {
		if got := Names(words, "Jean-Luc Morel"); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
	for _, c := range []struct {
		words, name string
		want        bool
	}{
		{"Mia's list", "Mia Rossi", true}, {"miami is far", "Mia Rossi", false}, {"wer fragt José?", "Jose Garcia", true}, {"问 小明 吧", "小明 王", true}, {"anybody?", "", false}, {"D'Angelo knows", "D'Angelo Reed", true},
	} {
		if got := Names(c.words, c.name); got != c.want {
			t.Errorf("%q names %q: %v", c.words, c.name, got)
		}
	}
}
