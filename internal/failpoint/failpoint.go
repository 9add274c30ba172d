// Package failpoint is where drills reach into the program: at named points it dies, and its clock is set forward.
//
// Come in the names of points and the environment; nothing goes out. All of it is there only in a program that is built with the tag
// failpoint; in any other Here and Commit are nothing, and the clock is the machine's.
package failpoint

// What the environment says to a program that is built with the tag.
const (
	// Variable names the point to die at, as name:kill, or name:N:kill for the Nth time that it is reached.
	Variable = "DAYBREAK_FAILPOINT"
	// ClockVariable is how far the clock is ahead of the machine's, such as 36h20m.
	ClockVariable = "DAYBREAK_CLOCK_AHEAD"
)
