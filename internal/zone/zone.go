// Package zone knows the names of time zones and what people write for them. In comes what somebody wrote; out come the names of the
// zones that it may mean, or what is wrong with it. It knows no rules of zones beyond those of the time package, and nobody's zone.
package zone

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"daybreak/internal/spell"
	"daybreak/internal/team"
)

// nameList names the zones of the IANA database, one a line. It only serves suggestions: a zone that the machine's
// database knows is right even if it is not in the list.
//
//go:embed names.txt
var nameList string

//go:embed places.txt
var placeList string

// Names are the names of the time zones that can be suggested.
func Names() []string { return strings.Fields(nameList) }

// index is what people may write, folded, and the zones that it may mean.
type index struct {
	names  map[string]string   // of a zone
	places map[string][]string // places.txt and the cities in the names of zones
	words  []string            // the keys of both, in order
}

var words = sync.OnceValue(func() index {
	x := index{names: map[string]string{}, places: map[string][]string{}}
	for line := range strings.Lines(placeList) {
		if word, zones, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			x.places[word] = strings.Fields(zones)
		}
	}
	for _, name := range Names() {
		x.names[fold(name)] = name
		i := strings.LastIndexByte(name, '/')
		if i < 0 || strings.HasPrefix(name, "Etc/") || strings.HasPrefix(name, "US/") {
			continue
		}
		if city := fold(name[i+1:]); x.places[city] == nil {
			x.places[city] = []string{name}
		}
	}
	for word := range x.names {
		x.words = append(x.words, word)
	}
	for word := range x.places {
		if len(word) > 3 && x.names[word] == "" { // short ones are near to everything
			x.words = append(x.words, word)
		}
	}
	slices.Sort(x.words)
	return x
})

// fold is a word as it is compared: small letters without accents, a space for each underscore.
func fold(word string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), word)
	if err != nil {
		plain = word
	}
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(plain, "_", " "))), " ")
}

// Check tells what is wrong with the name of a zone and which is probably meant; both are empty if it is right.
func Check(name string) (wrong, hint string) {
	switch name {
	case "EST", "MST", "HST":
		return fmt.Sprintf("zone %q never changes to daylight-saving time", name),
			fmt.Sprintf("write the zone of a city, such as %s", words().places[strings.ToLower(name)][0])
	case "Factory", "localtime", "posixrules", "Local":
		return fmt.Sprintf("zone %q is not a place", name), "write an IANA name such as Europe/Paris"
	}
	first, _, _ := strings.Cut(name, "/")
	if _, err := (team.Rule{Zone: name}).Location(); err == nil && first != "posix" && first != "right" {
		// Some file systems take any letter case, the zone database on the next machine does not.
		if near := words().names[fold(name)]; near == "" || near == name {
			return "", ""
		}
	}
	wrong = fmt.Sprintf("unknown time zone %q", name)
	if near, _ := Find(name); len(near) > 0 {
		return wrong, fmt.Sprintf("did you mean %q?", near[0])
	}
	return wrong, "write an IANA name such as Europe/Paris or America/New_York"
}

// Find gives the zones that a word may mean, the likeliest first: by the name of the zone, a city, a country or an abbreviation. It is
// sure if the word is known and means one zone only; else there are several, or the word is but spelled like one of these. Zones
// whose clocks agree all through the coming year count as one.
func Find(word string) (zones []string, sure bool) {
	x := words()
	whole := fold(strings.TrimPrefix(strings.TrimPrefix(word, "posix/"), "right/"))
	place := whole[strings.LastIndex(whole, "/")+1:]
	if city, in, ok := strings.Cut(place, ","); ok { // "Berlin, Germany"
		return within(strings.TrimSpace(city), strings.TrimSpace(in))
	}
	if name := x.names[whole]; name != "" && x.places[whole] == nil {
		return []string{name}, true
	}
	if offset, ok := fixed(whole); ok { // it does not tell how clocks change
		return At(offset, time.Now(), nil), false
	}
	zone, _, _ := strings.Cut(place, " time") // "Pacific Standard Time"
	zone = strings.TrimSuffix(strings.TrimSuffix(zone, " standard"), " daylight")
	for _, w := range []string{whole, place, zone} {
		if found := x.places[w]; found != nil {
			zones = distinct(found)
			return zones, len(zones) == 1
		}
	}
	tries := []string{whole}
	if len(place) > 3 {
		tries = append(tries, place)
	}
	for _, w := range tries {
		near := spell.Nearest(w, x.words)
		if name := x.names[near]; name != "" && (strings.Contains(near, "/") == strings.Contains(w, "/")) {
			return []string{name}, false
		}
		if found := x.places[near]; found != nil {
			return distinct(found), false
		}
	}
	return nil, false
}

// within gives the zones that a city in a country or state may have: those that both have. If one of the two is not known, or they have none
// in common, it is not sure.
func within(city, in string) (zones []string, sure bool) {
	x := words()
	cities, regions := x.places[city], x.places[in]
	for _, name := range cities {
		if slices.Contains(regions, name) {
			zones = append(zones, name)
		}
	}
	if zones = distinct(zones); len(zones) > 0 {
		return zones, len(zones) == 1
	}
	return distinct(slices.Concat(regions, cities)), false
}

var fixedOffset = regexp.MustCompile(`^(?:utc|gmt)? ?([-+−])(\d{1,2})(?::?([0-5]\d))?$`)

// fixed reads "UTC+2" or "+05:30" as seconds ahead of UTC.
func fixed(word string) (offset int, ok bool) {
	m := fixedOffset.FindStringSubmatch(word)
	if m == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	offset = hours*3600 + minutes*60
	if m[1] != "+" {
		offset = -offset
	}
	return offset, true
}

// Known tells whether a word is the name of a zone, a place or an abbreviation, be it of several, and not just spelled like one.
func Known(word string) bool {
	x := words()
	whole := fold(word)
	return x.names[whole] != "" || x.places[whole] != nil || strings.Contains(whole, ",") && x.places[strings.TrimSpace(whole[:strings.IndexByte(whole, ',')])] != nil
}

// most is how many zones Find gives at most.
const most = 8

// distinct gives of zones whose clocks agree the first.
func distinct(zones []string) []string {
	if len(zones) == 1 {
		return zones
	}
	var list []string
	seen := map[string]bool{}
	for _, name := range zones {
		loc, err := (team.Rule{Zone: name}).Location()
		if err != nil {
			continue
		}
		clocks := ""
		for week := range 53 {
			_, offset := time.Now().AddDate(0, 0, 7*week).In(loc).Zone()
			clocks += fmt.Sprint(offset, " ")
		}
		if !seen[clocks] && len(list) < most {
			seen[clocks] = true
			list = append(list, name)
		}
	}
	return list
}

// large are zones in which many people live, and names that they know.
var large = strings.Fields(`
	Pacific/Honolulu America/Anchorage America/Los_Angeles America/Denver America/Phoenix America/Chicago America/Mexico_City America/New_York
	America/Bogota America/Halifax America/Santiago America/Sao_Paulo America/Argentina/Buenos_Aires America/St_Johns Atlantic/Azores Atlantic/Cape_Verde
	Europe/London Europe/Lisbon Africa/Accra Europe/Berlin Europe/Paris Africa/Lagos Europe/Athens Europe/Kyiv Africa/Cairo Africa/Johannesburg Europe/Istanbul
	Africa/Nairobi Europe/Moscow Asia/Riyadh Asia/Tehran Asia/Dubai Asia/Kabul Asia/Karachi Asia/Kolkata Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Bangkok
	Asia/Jakarta Asia/Singapore Asia/Shanghai Australia/Perth Asia/Manila Asia/Tokyo Asia/Seoul Australia/Adelaide Australia/Darwin Australia/Sydney
	Australia/Brisbane Pacific/Noumea Pacific/Auckland Pacific/Tongatapu Pacific/Kiritimati`)

// At gives well-known zones whose clocks are so many seconds ahead of UTC at an instant, those of the preferred first. There may be none.
func At(offset int, at time.Time, preferred []string) []string {
	var list []string
	for _, name := range slices.Concat(preferred, large) {
		loc, err := (team.Rule{Zone: name}).Location()
		if err != nil || slices.Contains(list, name) {
			continue
		}
		if _, there := at.In(loc).Zone(); there == offset {
			list = append(list, name)
		}
	}
	return distinct(list)
}

// City is what people call a zone: "Tokyo" for Asia/Tokyo, "New York" for America/New_York.
func City(name string) string {
	city := strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
	if !strings.HasPrefix(name, "Etc/GMT") {
		return city
	}
	// The signs of these names are the wrong way round.
	return strings.NewReplacer("GMT", "UTC", "+", "−", "-", "+").Replace(city)
}
