package digest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"daybreak/internal/mailtest"
)

// readmePictures are what README.md shows of a digest.
var readmePictures = map[string]bool{"readme-light.png": false, "readme-dark.png": true}

// TestTheReadmesPictures looks at them. They are made anew with: go test ./digest -run ReadmesPictures -update
func TestTheReadmesPictures(t *testing.T) {
	if *update {
		b := mailtest.Chromium(t)
		page := parse(t, mails(t, testComposer(t))["digest-usual"]).html
		for name, dark := range readmePictures {
			b.Screen(640, dark)
			b.Show(page)
			if err := os.WriteFile(filepath.Join("testdata", name), fewColours(t, b.Picture(2000, 1.5)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name := range readmePictures {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || size.Width != 960 || size.Height < 600 || len(raw) > 150_000 {
			t.Errorf("%s has %d × %d pixels in %d bytes, %v", name, size.Width, size.Height, len(raw), err)
		}
	}
}

// fewColours writes a picture of text with a palette, in a third of the bytes: sixteen of each of red, green and blue are enough for it, of
// which few are used.
func fewColours(t *testing.T, raw []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	small := image.NewPaletted(full.Bounds(), nil)
	at := map[color.Color]uint8{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			r, g, b, _ := full.At(x, y).RGBA()
			c := color.RGBA{uint8(r>>12) * 17, uint8(g>>12) * 17, uint8(b>>12) * 17, 255}
			i, ok := at[c]
			if !ok {
				if len(small.Palette) == 256 {
					t.Fatal("the picture has more than 256 colours")
				}
				i = uint8(len(small.Palette))
				at[c], small.Palette = i, append(small.Palette, c)
			}
			small.SetColorIndex(x, y, i)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
