package holiday

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"

	"daybreak/internal/team"
)

// Regions are the names of the regions that are known, in order: countries by ISO 3166-1, parts of them by ISO 3166-2.
func Regions() []string { return slices.Sorted(maps.Keys(tables())) }

type table = []*cal.Holiday

// tables are the holidays of each region. Regions of the library whose tables were found wrong and are not put right here are left out.
var tables = sync.OnceValue(func() map[string]table {
	all := map[string]table{
		"AT": at.Holidays, "BE": be.Holidays, "CZ": cz.Holidays, "ES": es.Holidays, "FR": fr.Holidays, "HR": hr.Holidays,
		"IE": ie.Holidays, "JP": jp.Holidays, "LT": lt.Holidays, "LV": lv.Holidays, "NO": no.Holidays, "SE": se.Holidays,
		"SI": si.Holidays, "US": us.Holidays, "ZA": za.Holidays,

		"BR": with(br.Holidays, fixed("Dia da Consciência Negra", time.November, 20, 2024)),
		"CA": without(ca.Holidays, "Easter Monday", "Civic/Provincial Day"), // these are of some provinces
		"DK": without(dk.Holidays, "Grundlovsdag"),                          // at most half a day
		"IT": with(it.Holidays, fixed("San Francesco", time.October, 4, 2026)),
		"NL": without(nl.Holidays, "Goede Vrijdag", "Bevrijdingsdag"), // by agreement of some employers
		"NZ": with(nz.Holidays, matariki()),
		"PL": with(pl.Holidays, fixed("Wigilia", time.December, 24, 2025)),
		"RO": with(ro.Holidays, fixed("Boboteaza", time.January, 6, 2024), fixed("Sfântul Ioan Botezătorul", time.January, 7, 2024)),

		"GB-ENG": gb.Holidays, "GB-WLS": gb.Holidays,
		"GB-SCT": with(without(gb.Holidays, "Easter Monday", "Summer Bank Holiday"),
			scottishSecond(), gb.SummerHolidayScotland, weekdays(fixed("St Andrew's Day", time.November, 30, 2007))),
		"GB-NIR": with(gb.Holidays,
			weekdays(fixed("St Patrick's Day", time.March, 17, 0)), weekdays(fixed("Battle of the Boyne", time.July, 12, 0))),

		"AU-ACT": au.HolidaysACT, "AU-NSW": au.HolidaysNSW, "AU-NT": au.HolidaysNT, "AU-QLD": au.HolidaysQLD, "AU-SA": au.HolidaysSA,
		"AU-TAS": au.HolidaysTAS, "AU-VIC": au.HolidaysVIC, "AU-WA": au.HolidaysWA,

		"DE": de.Holidays, "DE-BB": de.HolidaysBB, "DE-BE": de.HolidaysBE, "DE-BW": de.HolidaysBW, "DE-BY": de.HolidaysBY,
		"DE-HB": de.HolidaysHB, "DE-HE": de.HolidaysHE, "DE-HH": de.HolidaysHH, "DE-MV": with(de.HolidaysMV, fixed("Frauentag", time.March, 8, 2023)),
		"DE-NI": de.HolidaysNI, "DE-NW": de.HolidaysNW, "DE-RP": de.HolidaysRP, "DE-SH": de.HolidaysSH, "DE-SL": de.HolidaysSL,
		"DE-SN": de.HolidaysSN, "DE-ST": de.HolidaysST, "DE-TH": de.HolidaysTH,

		// Of the other cantons the library knows too little: their own days are missing, or half days are among them.
		"CH-BE": ch.HolidaysBE, "CH-BL": without(ch.HolidaysBL, "Fronleichnam", "Mariä Himmelfahrt"), "CH-BS": ch.HolidaysBS, "CH-SG": ch.HolidaysSG, "CH-TG": ch.HolidaysTG,
		"CH-ZH": ch.HolidaysZH,
		"CH-GE": with(without(ch.HolidaysGE, "Fronleichnam"),
			afterSunday("Jeûne genevois", time.September, 1, 4), fixed("Restauration de la République", time.December, 31, 0)),
		"CH-VD": with(ch.HolidaysVD, afterSunday("Lundi du Jeûne", time.September, 3, 1)),
	}
	return all
})

func with(list table, more ...*cal.Holiday) table { return slices.Concat(list, more) }

func without(list table, names ...string) table {
	return slices.DeleteFunc(slices.Clone(list), func(h *cal.Holiday) bool { return slices.Contains(names, h.Name) })
}

// fixed is a holiday on the same date every year, since a year or always (0).
func fixed(name string, month time.Month, day, since int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: month, Day: day, StartYear: since, Func: cal.CalcDayOfMonth}
}

// afterSunday is a holiday so many days after the nth Sunday of a month.
func afterSunday(name string, month time.Month, nth, days int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: month, Weekday: time.Sunday, Offset: nth, CalcOffset: days, Func: cal.CalcWeekdayOffset}
}

// weekdays has a holiday made up for on the Monday after a weekend.
func weekdays(h *cal.Holiday) *cal.Holiday {
	h.Observed = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}
	return h
}

// scottishSecond is the second of January, which gives way to New Year's Day if that is made up for.
func scottishSecond() *cal.Holiday {
	h := fixed("2nd January", time.January, 2, 0)
	h.Observed = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 2}, {Day: time.Monday, Offset: 1}}
	return h
}

// matariki is the day that New Zealand's law names for each year up to 2052: month and day.
func matariki() *cal.Holiday {
	days := [...][2]int{
		{6, 24}, {7, 14}, {6, 28}, {6, 20}, {7, 10}, {6, 25}, {7, 14}, {7, 6}, {6, 21}, {7, 11}, // 2022
		{7, 2}, {6, 24}, {7, 7}, {6, 29}, {7, 18}, {7, 10}, {6, 25}, {7, 15}, {7, 6}, {7, 19}, // 2032
		{7, 11}, {7, 3}, {6, 24}, {7, 7}, {6, 29}, {7, 19}, {7, 3}, {6, 25}, {7, 15}, {6, 30}, {6, 21}, // 2042
	}
	const first = 2022
	return &cal.Holiday{Name: "Matariki", Type: cal.ObservancePublic, StartYear: first, EndYear: first + len(days) - 1,
		Func: func(_ *cal.Holiday, year int) time.Time {
			d := days[year-first]
			return time.Date(year, time.Month(d[0]), d[1], 0, 0, 0, 0, cal.DefaultLoc)
		}}
}

// dateOf is the date of a day's start. Where clocks change at midnight the start may show as the evening before.
func dateOf(t time.Time) team.Date { return team.DateOf(t.Add(2 * time.Hour)) }

// clean brings the names of the library up to date.
func clean(name string) string {
	return strings.Replace(name, "Queen's Birthday", "King's Birthday", 1)
}
