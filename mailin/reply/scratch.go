package reply

import "sync"

// scratch is the room in which one mail is read. It is used again for the next: readings keep nothing of it.
type scratch struct {
	lines  []line
	words  []token
	starts []int
	ours   []int32
	under  []int32
	found  []passage
	mirror mirror
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// most is how many lines a scratch may have had to be kept: large ones would only lie about.
const most = 2000

// free gives the scratch back, without the texts of the mail.
func (s *scratch) free() {
	if cap(s.lines) > most || cap(s.words) > 20*most || cap(s.mirror.tokens) > 20*most {
		return
	}
	clear(s.lines[:cap(s.lines)])
	scratches.Put(s)
}

// numbers gives n numbers, each of them value.
func numbers(room []int32, n int, value int32) []int32 {
	if cap(room) < n {
		room = make([]int32, n)
	}
	room = room[:n]
	for i := range room {
		room[i] = value
	}
	return room
}
