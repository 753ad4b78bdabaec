package plan

import "time"

// Core is what every claim of the report needs, in about 42 minutes: fewer ramps and
// fewer repetitions than Full.
func Core() Plan {
	return Plan{Name: "core", Batches: []Batch{
		mainRound(0), mainRoundWith(1, "plain", "rollguard"), waiting(), lags(), races(3), mainRoundWith(2, "plain", "rollguard"), measuredBoth(),
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

// measuredBoth are both propagations of the source at once.
func measuredBoth() Batch {
	b := measuredShort()
	b.Title = "as measured with the real controller"
	b.Entries = append(b.Entries, measuredShortAt2().Entries...)
	return slower(b, coreRate+20)
}

// waiting are rollouts that wait for each Pod, with profiles, fail-over and draining.
func waiting() Batch {
	b := Batch{Title: "rollouts that wait, profiles, fail-over, draining"}
	b.Entries = append(b.Entries, defaults(0)...)
	for _, e := range long().Entries {
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
