package sequence_test

import (
	"flag"
	"runtime"
	"sync"
	"testing"

	"github.com/rollguard/rollguard/test/sequence"
)

var (
	sequences = flag.Uint64("sequences", 300, "number of sequences")
	seed      = flag.Uint64("seed", 1, "seed of the first sequence; the others follow")
)

func TestRollguardNeverStartsARollout(t *testing.T) {
	t.Logf("%d sequences of %d steps from seed %d", *sequences, sequence.Length, *seed)
	next := make(chan uint64)
	var group sync.WaitGroup
	var total stats
	for range runtime.GOMAXPROCS(0) {
		s, err := newServer()
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for number := range next {
				total.add(s.play(t, number))
			}
		})
	}
	for number := range *sequences {
		next <- *seed + number
	}
	close(next)
	group.Wait()
	t.Logf("%s", total.Stats)
}

// stats adds up.
type stats struct {
	sync.Mutex
	sequence.Stats
}

func (s *stats) add(more sequence.Stats) {
	s.Lock()
	defer s.Unlock()
	s.Stats = s.Plus(more)
}

// play runs one sequence. When it fails, its shortest part that fails is shown.
func (s *server) play(t *testing.T, number uint64) sequence.Stats {
	again := func(q sequence.Sequence) (sequence.Stats, *sequence.FailureError) {
		return sequence.Run(newWorld(s, q), q)
	}
	done, failure := again(sequence.Generate(number))
	if failure != nil {
		failed := failure.Step
		failure = sequence.Shrink(failure, func(q sequence.Sequence) *sequence.FailureError {
			_, f := again(q)
			return f
		})
		t.Errorf("step %d of the sequence failed; without the steps that are not needed:\n%v\nreplay: go test ./test/sequence -run TestRollguardNeverStartsARollout -seed=%d -sequences=1", failed, failure, number)
	}
	return done
}
