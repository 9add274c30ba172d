package team

// Holiday is a day off that everyone of a region, a team or a calendar has.
type Holiday struct {
	Date Date
	Name string
}
