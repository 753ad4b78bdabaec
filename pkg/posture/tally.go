package posture

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rollguard/rollguard/pkg/policy"
	"github.com/rollguard/rollguard/pkg/topology"
)

// Kind is what Deployments are counted by.
type Kind struct {
	State    policy.State
	Exposure topology.Kind
}

// tally is all that is remembered of what was seen: some counts for each namespace,
// and a note about each Deployment that was reported or could not be repaired.
type tally struct {
	mu     *sync.Mutex
	counts map[string]map[Kind]int
	notes  map[string]map[string]note // by namespace and uid
}

// note is what is remembered of one Deployment.
type note struct {
	// report is the hash of the last report, or of why it could not be evaluated.
	report uint64
	// vain counts the repairs that came to nothing, and notBefore is when to try again.
	vain      int
	notBefore time.Time
}

func newTally() tally {
	return tally{mu: new(sync.Mutex), counts: map[string]map[Kind]int{}, notes: map[string]map[string]note{}}
}

// put replaces what is known of a namespace.
func (t *tally) put(namespace string, counts map[Kind]int, notes map[string]note) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[namespace], t.notes[namespace] = counts, notes
}

// forget drops a namespace that is not enabled any more.
func (t *tally) forget(namespace string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.counts, namespace)
	delete(t.notes, namespace)
}

func (t *tally) namespaces() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.counts))
}

func (t *tally) sum() map[Kind]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[Kind]int{}
	for _, counts := range t.counts {
		for kind, n := range counts {
			out[kind] += n
		}
	}
	return out
}

func (t *tally) note(namespace, uid string) note {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.notes[namespace][uid]
}

// forgive forgets which repairs came to nothing.
func (t *tally) forgive() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, notes := range t.notes {
		for uid, n := range notes {
			n.vain, n.notBefore = 0, time.Time{}
			notes[uid] = n
		}
	}
}
