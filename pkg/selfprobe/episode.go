package selfprobe

import "time"

// News is what is worth an Event or a line in the log.
type News string

// The news.
const (
	// Nothing is new.
	Nothing News = ""
	// Fault: admission does not work, or in another way than was said before.
	Fault News = "fault"
	// Still: a fault that was told lasts on. For the log only.
	Still News = "still"
	// Well: admission works again, after a fault that was told.
	Well News = "well"
)

// What passes by itself is no news: a replica that starts publishes its certificate, and
// API servers take a moment to learn of it; a Pod that serves is replaced.
const (
	// patience is how long the first success may take.
	patience = 30 * time.Second
	// lasting is how long a fault has to be found, mixed when it is another each time. Looks
	// at a fault are further apart, so it is found twice at least.
	lasting, mixed = 4 * time.Second, 14 * time.Second
	// remindEvery is how often the log is reminded of a fault.
	remindEvery = 10 * time.Minute
)

// episode follows the statuses from look to look. The zero value is not usable; set since.
type episode struct {
	// since is when the watch began; begun is set once all was well, or patience ended.
	since time.Time
	begun bool
	// last is what was found, since lastSince; otherSince is since when another fault is
	// found than the one that was told, zero for not.
	last                  Status
	lastSince, otherSince time.Time
	// told is the fault that was told, "" for none, and when the log last heard of it.
	told     Status
	reminded time.Time
}

// next takes what a look found.
func (e *episode) next(found Status, now time.Time) News {
	if found == OK {
		news := Nothing
		if e.told != "" {
			news = Well
		}
		*e = episode{since: e.since, begun: true}
		return news
	}
	if found != e.last {
		e.last, e.lastSince = found, now
	}
	e.begun = e.begun || now.Sub(e.since) >= patience
	if found == e.told {
		e.otherSince = time.Time{}
		return e.remind(now)
	}
	if e.otherSince.IsZero() {
		e.otherSince = now
	}
	if !e.begun || now.Sub(e.lastSince) < lasting && now.Sub(e.otherSince) < mixed {
		return Nothing
	}
	e.told, e.reminded, e.otherSince = found, now, time.Time{}
	return Fault
}

func (e *episode) remind(now time.Time) News {
	if now.Sub(e.reminded) < remindEvery {
		return Nothing
	}
	e.reminded = now
	return Still
}
