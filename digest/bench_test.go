package digest

import "testing"

// BenchmarkDigest composes and renders one digest of twelve people's updates, to the bytes that are sent.
func BenchmarkDigest(b *testing.B) {
	c := testComposer(b)
	turn, now := turns()["busy"], tuesday(b)
	b.ReportAllocs()
	var bytes int
	for b.Loop() {
		m, _, ok, err := c.Digest(turn, now)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		bytes = len(m.Raw)
	}
	b.ReportMetric(float64(bytes), "bytes/mail")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "digests/s")
}

// BenchmarkCrowd is one digest of a team of 500.
func BenchmarkCrowd(b *testing.B) {
	c := testComposer(b)
	turn, now := turns()["busy"], tuesday(b)
	turn.Reading[0].Entries = crowd(500, 3)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok, err := c.Digest(turn, now); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkPrompt composes and renders one prompt.
func BenchmarkPrompt(b *testing.B) {
	c, now := testComposer(b), tuesday(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Prompt(asking(), now); err != nil {
			b.Fatal(err)
		}
	}
}
