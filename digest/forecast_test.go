package digest_test

import (
	"slices"
	"testing"
	"time"

	"daybreak/digest"
	"daybreak/internal/team"
)

func parse[T any](t *testing.T, read func(string) (T, error), s string) T {
	t.Helper()
	v, err := read(s)
	must(t, err)
	return v
}

// What is foreseen is what the scheduler then makes, across a change of the clocks; digests come only with news, of which there is none.
func TestWhatIsForeseenIsWhatComes(t *testing.T) {
	for _, c := range []struct {
		says string
		rule team.Rule
	}{
		{"the usual week", team.Rule{Zone: "America/Denver"}},
		{"short Fridays, alternating weeks", team.Rule{Zone: "Pacific/Auckland",
			Days:  parse(t, team.ParseWorkdays, "mon-fri / mon-thu from 2027-03-08"),
			Hours: parse(t, team.ParseWorkHours, "08:00-16:30, fri 09:00-13:00")}},
		{"Sunday to Thursday, told in the afternoon", team.Rule{Zone: "Asia/Kathmandu", Days: parse(t, team.ParseWorkdays, "sun-thu"),
			Prompt: 10 * 60, PromptSet: true, Digest: 15 * 60, DigestSet: true}},
	} {
		t.Run(c.says, func(t *testing.T) {
			d := newDesk(t, c.rule, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC))
			d.diligent = true
			made := d.live("2027-03-08 00:01", "2027-04-04 23:59")
			people, err := d.store.People(t.Context())
			must(t, err)
			foreseen, err := digest.Forecast(people[0], nil, team.Date{Year: 2027, Month: 3, Day: 8}, team.Date{Year: 2027, Month: 4, Day: 4})
			must(t, err)
			var want []string
			first := true
			for _, o := range foreseen {
				if first && o.Kind == team.ReminderSlot { // of a prompt before the desk was there
					first = false
					continue
				}
				first = first && o.Kind != team.PromptSlot
				if !o.Kind.Personal() {
					want = append(want, o.At.Format("Mon 15:04 ")+string(o.Kind))
				}
			}
			slices.Sort(made)
			slices.Sort(want)
			if len(want) < 30 || !slices.Equal(made, want) {
				t.Errorf("foreseen\n%q\nmade\n%q", want, made)
			}
		})
	}
}

// Who does not answer is foreseen to be asked as they will be: once a week, the prompt that says so being the first of these.
func TestWhoIsAskedOnceAWeekIsForeseenSo(t *testing.T) {
	d := newDesk(t, team.Rule{Zone: "Asia/Tokyo"}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	people, err := d.store.People(t.Context())
	must(t, err)
	aiko := people[0]
	foreseen := func(from, through int) (list []string) {
		t.Helper()
		silent, err := d.store.Silences(t.Context(), aiko, march(from))
		must(t, err)
		occasions, err := digest.Forecast(aiko, silent, march(from), march(through))
		must(t, err)
		for _, o := range occasions {
			if !o.Kind.Personal() {
				list = append(list, o.At.Format("Mon 15:04 ")+string(o.Kind))
			}
		}
		return list
	}
	d.live("2026-03-02 12:00", "2026-03-04 12:00")
	expect(t, foreseen(4, 6), "Wed 09:00 reminder", "Wed 16:00 prompt", "Thu 09:00 reminder", "Thu 16:00 prompt", "Fri 09:00 reminder", "Fri 16:00 prompt")
	d.live("2026-03-04 12:00", "2026-03-05 12:00")
	weekly := []string{"Thu 16:00 prompt", "Fri 09:00 reminder", "Thu 16:00 prompt", "Fri 09:00 reminder"}
	expect(t, foreseen(5, 13), append([]string{"Thu 09:00 reminder"}, weekly...)...)
	expect(t, d.live("2026-03-05 12:00", "2026-03-13 08:00"), weekly[:3]...)
	expect(t, foreseen(6, 13), weekly[1:]...)
	expect(t, foreseen(13, 20), weekly[1:]...)

	d.answer(march(30), d.at("2026-03-13 12:00"))
	expect(t, foreseen(16, 17), "Mon 09:00 reminder", "Mon 16:00 prompt", "Tue 09:00 reminder", "Tue 16:00 prompt")
}
