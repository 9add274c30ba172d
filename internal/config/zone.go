package config

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"daybreak/internal/team"
)

// zoneList names the zones of the IANA database, one a line. It only serves suggestions: a zone that the machine's
// database knows is right even if it is not in the list.
//
//go:embed zones.txt
var zoneList string

// Zones are the names of the time zones that can be suggested.
func Zones() []string { return strings.Fields(zoneList) }

// What people write for a zone, and what they mean. The first suggestion is the most likely.
var zoneWords = map[string]string{
	"est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York",
	"cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago", "central": "America/Chicago",
	"mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver", "mountain": "America/Denver",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
	"hst": "Pacific/Honolulu", "akst": "America/Anchorage", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "kst": "Asia/Seoul",
	"sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong", "bst": "Europe/London", "cest": "Europe/Berlin", "eest": "Europe/Kyiv",
	"msk": "Europe/Moscow", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "acst": "Australia/Adelaide",
	"awst": "Australia/Perth", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "brt": "America/Sao_Paulo",
	"art": "America/Argentina/Buenos_Aires", "eat": "Africa/Nairobi", "wat": "Africa/Lagos", "cat": "Africa/Harare",
	"sast": "Africa/Johannesburg", "pkt": "Asia/Karachi", "ict": "Asia/Bangkok", "wib": "Asia/Jakarta",
	"san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "san diego": "America/Los_Angeles",
	"boston": "America/New_York", "washington": "America/New_York", "miami": "America/New_York", "atlanta": "America/New_York",
	"austin": "America/Chicago", "dallas": "America/Chicago", "houston": "America/Chicago", "montreal": "America/Toronto",
	"bangalore": "Asia/Kolkata", "bengaluru": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata",
	"chennai": "Asia/Kolkata", "pune": "Asia/Kolkata", "hyderabad": "Asia/Kolkata", "beijing": "Asia/Shanghai",
	"shenzhen": "Asia/Shanghai", "osaka": "Asia/Tokyo", "munich": "Europe/Berlin", "hamburg": "Europe/Berlin",
	"cologne": "Europe/Berlin", "milan": "Europe/Rome", "barcelona": "Europe/Madrid", "lyon": "Europe/Paris",
	"geneva": "Europe/Zurich", "edinburgh": "Europe/London", "manchester": "Europe/London", "canberra": "Australia/Sydney",
	"cape town": "Africa/Johannesburg", "tel aviv": "Asia/Jerusalem", "rio de janeiro": "America/Sao_Paulo",
	"z": "UTC", "gmt+0": "UTC",
}

// checkZone tells what is wrong with the name of a zone and which is probably meant; both are empty if it is right.
func checkZone(name string) (wrong, hint string) {
	switch name {
	case "EST", "MST", "HST":
		return fmt.Sprintf("zone %q never changes to daylight-saving time", name),
			fmt.Sprintf("write the zone of a city, such as %s", zoneWords[strings.ToLower(name)])
	case "Factory", "localtime", "posixrules", "Local":
		return fmt.Sprintf("zone %q is not a place", name), "write an IANA name such as Europe/Paris"
	}
	first, _, _ := strings.Cut(name, "/")
	if _, err := (team.Rule{Zone: name}).Location(); err == nil && first != "posix" && first != "right" {
		// Some file systems take any letter case, the zone database on the next machine does not.
		if near := sameZone(name); near == "" || near == name {
			return "", ""
		}
	}
	wrong = fmt.Sprintf("unknown time zone %q", name)
	if near := nearestZone(name); near != "" {
		return wrong, fmt.Sprintf("did you mean %q?", near)
	}
	return wrong, "write an IANA name such as Europe/Paris or America/New_York"
}

// sameZone is the zone with that name in any letter case.
func sameZone(name string) string {
	zones := Zones()
	if i := slices.IndexFunc(zones, func(z string) bool { return strings.EqualFold(z, name) }); i >= 0 {
		return zones[i]
	}
	return ""
}

// nearestZone finds the zone by its name, by its city alone, by an abbreviation, or by a near spelling of these.
func nearestZone(word string) string {
	word = strings.TrimPrefix(strings.TrimPrefix(word, "posix/"), "right/")
	if same := sameZone(word); same != "" {
		return same
	}
	spaced := strings.ToLower(strings.ReplaceAll(word, "_", " "))
	place := spaced[strings.LastIndex(spaced, "/")+1:]
	place, _, _ = strings.Cut(place, ",")
	place = strings.TrimSpace(place)
	for _, w := range []string{spaced, place, strings.TrimSuffix(place, " time")} {
		if zone, ok := zoneWords[w]; ok {
			return zone
		}
	}
	if first, _, ok := strings.Cut(place, " standard time"); ok && zoneWords[first] != "" { // "Pacific Standard Time"
		return zoneWords[first]
	}
	var cities, names []string
	byCity := map[string]string{}
	for _, zone := range Zones() {
		names = append(names, zone)
		if i := strings.LastIndexByte(zone, '/'); i >= 0 && !strings.HasPrefix(zone, "Etc/") && !strings.HasPrefix(zone, "US/") {
			city := strings.ToLower(strings.ReplaceAll(zone[i+1:], "_", " "))
			cities = append(cities, city)
			if byCity[city] == "" {
				byCity[city] = zone
			}
		}
	}
	if zone := byCity[place]; zone != "" {
		return zone
	}
	if strings.Contains(word, "/") {
		if near := nearest(word, names); near != "" {
			return near
		}
	}
	if len(place) > 3 {
		return byCity[nearest(place, cities)]
	}
	return ""
}
