package templates

import (
	"reflect"
	"strings"
	"testing"
)

// TestNothingOfOneReadersMailIsInAnothers: what is kept for the next reader is found again by all that it is made of.
func TestNothingOfOneReadersMailIsInAnothers(t *testing.T) {
	s := load(t)
	read := func(talk Talk) Letter {
		d := sampleDigest()
		d.Sections = []Section{{Team: "Platform", Updates: 1, People: []Person{{Name: "Mia Rossi", Parts: []Part{{Groups: []Group{
			{Label: "done", Items: []Item{{Mark: "a1", Text: "Moved the billing jobs.", Talk: talk}}}}}}}}}}
		l, err := s.Digest(d)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	plain := read(Talk{})
	for _, c := range []struct {
		talk Talk
		want string
	}{
		{Talk{Said: []Said{{"Dev", "For Aiko only."}}}, "For Aiko only."}, {Talk{Said: []Said{{"You", "For Aiko only."}}}, "You"},
		{Talk{Reactions: "🎉 Dev"}, "🎉 Dev"}, {Talk{Said: []Said{{"Dev", "One."}, {"Dev", "Two."}}}, "Two."},
	} {
		got, again := read(c.talk), read(Talk{})
		if !strings.Contains(got.Text, c.want) || !strings.Contains(got.HTML, c.want) {
			t.Errorf("%+v: it lacks %q:\n%s", c.talk, c.want, got.Text)
		}
		if again != plain {
			t.Errorf("%+v: the next reader gets\n%s", c.talk, again.Text)
		}
	}
}

// TestAllOfAPersonIsInTheKey changes every field that a person's part is made of, also those that will be added.
func TestAllOfAPersonIsInTheKey(t *testing.T) {
	p := Person{Parts: []Part{{Groups: []Group{{Items: []Item{{Talk: Talk{Said: []Said{{}}}}}}}}}}
	seen := map[any]bool{p.key(columns{}): true}
	var change func(v reflect.Value)
	change = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				change(v.Field(i))
			}
		case reflect.Slice:
			change(v.Index(0))
		case reflect.String:
			v.SetString("x")
			key := p.key(columns{})
			if v.SetString(""); seen[key] {
				t.Errorf("a %s is not in the key", v.Type())
			}
			seen[key] = true
		default:
			t.Errorf("the test does not know how to change a %s", v.Kind())
		}
	}
	change(reflect.ValueOf(&p).Elem())
	if len(seen) != 10 {
		t.Errorf("%d keys", len(seen))
	}
}
