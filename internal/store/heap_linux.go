package store

/*
#include <malloc.h>

static void keepHeap(void) {
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_ARENA_MAX, 1);
#endif
}
*/
import "C"

// After each write by another connection the engine forgets the pages that a connection had read, and frees them. The C library would give
// their memory back to the system at once and ask for it again at the next read, which takes a fifth of the time of a whole day's work. It
// keeps a few megabytes instead, and in one place: each thread that calls the engine would have its own otherwise, of which none grows small
// again. Nobody waits for it, as the engine asks for memory under a lock of its own.
func init() { C.keepHeap() }
