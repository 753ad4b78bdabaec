package plan

import "time"

// Core is what every claim of the report needs, in about 42 minutes: fewer ramps and
// fewer repetitions than Full.
func Core() Plan {
	return Plan{Name: "core", Batches: []Batch{
		mainRound(0), mainRoundWith(1, "plain", "rollguard"), waiting(), lags(2, 5), lags(10, 20), short(), mainRoundWith(2, "plain", "rollguard"),
	}}
}

// coreRate is for batches of many Deployments.
const coreRate = 35

// slower gives a batch another rate.
func slower(b Batch, rate int) Batch {
	for i := range b.Entries {
		b.Entries[i].Trial.Load.Rate = rate
	}
	return b
}

// short are the rollouts of the source that are over soon, at both propagations, and
// race A.
func short() Batch {
	b := Batch{Title: "as measured with the real controller, and race A"}
	for _, one := range []Batch{measuredShort(), measuredShortAt2()} {
		b.Entries = append(b.Entries, one.Entries...)
	}
	b.Entries = once(b.Entries)
	for i := range 3 {
		b.Entries = append(b.Entries, raceEntries(1, [2]int{70, 95}, i)...)
	}
	b.Entries = append(b.Entries, raceEntries(2, [2]int{90, 135}, 0)...)
	return slower(b, coreRate-10)
}

// waiting are rollouts that wait for each Pod, with profiles, fail-over and draining.
func waiting() Batch {
	b := Batch{Title: "rollouts that wait, profiles, fail-over, draining"}
	b.Entries = append(b.Entries, defaults(0)...)
	for _, e := range append(measuredLong().Entries, others().Entries...) {
		t := &e.Trial
		if t.Name == "by hand, drains" || t.Name == "probes, drains" {
			continue
		}
		if t.Group == Behaviour || t.Group == FailOver || t.Model.Propagation.Max == 0 {
			b.Entries = append(b.Entries, e)
		}
	}
	for _, e := range profiles().Entries {
		if t := &e.Trial; t.Group == Profiles && (t.Model.Propagation.Max == 20*time.Second || t.Name == "standard, lag 10 s") {
			b.Entries = append(b.Entries, e)
		}
	}
	b.Entries = once(b.Entries)
	return slower(b, coreRate-8)
}

// once leaves out repetitions, but for a fail-over with sleep 20, which varies.
func once(all []Entry) []Entry {
	seen := map[string]bool{}
	var out []Entry
	for _, e := range all {
		if seen[e.Trial.Name] && e.Trial.Name != "sleep 20" {
			continue
		}
		seen[e.Trial.Name] = true
		out = append(out, e)
	}
	return out
}
