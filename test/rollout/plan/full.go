package plan

import (
	"fmt"
	"slices"

	"github.com/rollguard/rollguard/test/rollout"
)

// The rates, in requests a second, so that all of a batch come to 800 at most. The
// source of "measured" says 120 to 150.
const (
	mainRate    = 150
	lossRate    = 60
	rate        = 120
	profileRate = 50
	lowRate     = 20
	lagRate     = 35
	raceRate    = 20
)

// rounds is how often the main arms are rolled.
const rounds = 3

// Full is the whole experiment, in about 70 minutes. What matters most comes first: where
// the time is limited, the rest is left out.
func Full() Plan {
	return Plan{Name: "full", Batches: []Batch{
		mainRound(0), measuredShort(), profiles(), byDefault(), races(5), mainRoundWith(1, "plain", "probes", "rollguard"),
		measuredLong(), others(), mainRoundWith(2, "plain", "rollguard"), measuredShortAt2(), lags(2, 5), lags(10, 20),
	}}
}

// mainRound are the arms of the original and Rollguard's: each with the machine to
// itself, and then all at a constant rate.
func mainRound(i int) Batch { return mainRoundWith(i, "plain", "probes", "by-hand", "rollguard") }

// mainRoundWith has ramps for some of the arms only.
func mainRoundWith(i int, ramps ...string) Batch {
	b := Batch{Title: fmt.Sprintf("main arms, round %d of %d", i+1, rounds)}
	for arm, seconds := range map[string]int{"plain": 70, "probes": 95, "by-hand": 120, "rollguard": 120} {
		perSecond := mainRate
		if arm == "plain" || arm == "probes" {
			// Each request that waits for a time-out takes a user of k6, and memory.
			perSecond = lossRate
		}
		e := with(trial(Constant, arm, arm, i), load(perSecond, seconds))
		e.Alone = slices.Contains(ramps, arm)
		b.Entries = append(b.Entries, e)
	}
	slices.SortFunc(b.Entries, func(x, y Entry) int { return order(x.Trial.Arm) - order(y.Trial.Arm) })
	return b
}

// order is that of the arms.
func order(arm string) int {
	return slices.IndexFunc(rollout.Arms(), func(a rollout.Arm) bool { return a.Name == arm })
}

// What Rollguard makes of "plain" with settings other than the arm's.
func standard(t *rollout.Trial) { annotate("min-ready", "", "max-surge", "")(t) }
func careful(t *rollout.Trial)  { annotate("min-ready", "", "max-surge", "", "profile", "careful")(t) }
func sleep35(t *rollout.Trial)  { annotate("profile", "careful")(t) }
func minReady(t *rollout.Trial) { annotate("min-ready", "25s")(t) }

// asMeasured gives the application of the source: Ready 8 s after it was started, three
// of which are those of the readiness probe.
func asMeasured(t *rollout.Trial) {
	t.StartUp = "5s"
	if t.Arm == "rollguard" {
		annotate("startup-period", "1s", "startup-failure-threshold", "30")(t)
	}
}

// measuredShort are the Deployments of the source whose rollouts are over soon, at a
// propagation of 5 to 15 s; beside them one and two replicas of plain.
func measuredShort() Batch {
	return Batch{
		Title: "as measured with the real controller, propagation 5-15 s",
		Entries: append(measuredEntries("5-15 s"),
			with(trial(Behaviour, "plain, 1 replica", "plain", 0), replicas(1), load(lowRate, 60)),
			with(trial(Behaviour, "plain, 2 replicas", "plain", 0), replicas(2), load(lowRate, 60))),
	}
}

// measuredShortAt2 are the same at 2 s.
func measuredShortAt2() Batch {
	b := Batch{Title: "as measured with the real controller, propagation 2 s", Entries: measuredEntries("2 s")}
	for i := range b.Entries {
		lag(2)(&b.Entries[i].Trial)
	}
	return b
}

func measuredEntries(lags string) []Entry {
	entry := func(name, arm string, i int, options ...option) Entry {
		return with(trial(Measured, name+", "+lags, arm, i), append(options, asMeasured)...)
	}
	return []Entry{
		entry("sleep 35", "rollguard", 0, sleep35, load(rate, 120)),
		entry("sleep 20", "by-hand", 0, load(rate, 110)),
		entry("probes", "probes", 0, load(rate, 80)),
		entry("probes", "probes", 1, load(rate, 80)),
		entry("plain", "plain", 0, load(rate, 60)),
		entry("plain", "plain", 1, load(rate, 60)),
	}
}

// measuredLong are the Deployments of the source that wait for each Pod.
func measuredLong() Batch {
	b := Batch{Title: "as measured with the real controller: minReadySeconds and readiness gate"}
	for _, l := range []string{"5-15 s", "2 s"} {
		entries := []Entry{
			with(trial(Measured, "sleep 20 + minReadySeconds 25, "+l, "rollguard", 0), asMeasured, minReady, load(rate, 195)),
			with(trial(Measured, "sleep 20 + readiness gate, "+l, "rollguard", 0), asMeasured, gate, annotate("min-ready", ""), load(rate, 225)),
		}
		for i := range entries {
			if l == "2 s" {
				lag(2)(&entries[i].Trial)
			}
		}
		b.Entries = append(b.Entries, entries...)
	}
	return b
}

// others are rollouts in which the controller loses its leader, and applications that drain.
func others() Batch {
	b := Batch{Title: "fail-over of the controller, applications that drain"}
	for i := range 2 {
		b.Entries = append(b.Entries,
			with(trial(FailOver, "standard, 20 s away", "rollguard", i), replicas(4), standard, leaderLost(20), load(lowRate, 225)),
			with(trial(FailOver, "careful, 20 s away", "rollguard", i), replicas(4), careful, leaderLost(20), load(lowRate, 240)))
	}
	b.Entries = append(b.Entries, failOver()...)
	return b
}

// defaults are Rollguard's profiles with nothing else set but the paths of the probes.
func defaults(i int) []Entry {
	return []Entry{
		with(trial(Constant, "standard", "rollguard", i), standard, load(profileRate, 215)),
		with(trial(Constant, "careful", "rollguard", i), careful, load(profileRate, 230)),
	}
}

// profiles are standard and careful against lags that are always the same.
func profiles() Batch {
	b := Batch{Title: "standard and careful against lags of 2, 5, 10 and 20 s"}
	for _, seconds := range []int{2, 5, 10, 20} {
		at := fmt.Sprintf(", lag %d s", seconds)
		b.Entries = append(b.Entries,
			with(trial(Profiles, "standard"+at, "rollguard", 0), replicas(4), standard, lag(seconds), load(profileRate, 235)),
			with(trial(Profiles, "careful"+at, "rollguard", 0), replicas(4), careful, lag(seconds), load(profileRate, 250)))
	}
	b.Entries = append(b.Entries, with(trial(Profiles, "standard with propagation-delay 20s, lag 20 s", "rollguard", 0),
		replicas(4), standard, annotate("propagation-delay", "20s"), lag(20), load(profileRate, 250)))
	return b
}

// byDefault are standard and careful at the default lag.
func byDefault() Batch {
	b := Batch{Title: "standard and careful at the default lag"}
	for i := range rounds {
		b.Entries = append(b.Entries, defaults(i)...)
	}
	return b
}

// failOver are the source's, and applications that drain.
func failOver() []Entry {
	var out []Entry
	for i := range 2 {
		out = append(out,
			with(trial(FailOver, "sleep 20", "by-hand", i), asMeasured, leaderLost(0), load(lowRate, 115)),
			with(trial(FailOver, "sleep 35", "rollguard", i), asMeasured, sleep35, leaderLost(0), load(lowRate, 125)))
	}
	return append(out,
		with(trial(FailOver, "sleep 20 + minReadySeconds 25", "rollguard", 0), asMeasured, minReady, leaderLost(0), load(lowRate, 205)),
		with(trial(Behaviour, "plain, drains", "plain", 0), replicas(4), drains, load(lowRate, 60)),
		with(trial(Behaviour, "probes, drains", "probes", 0), replicas(4), drains, load(lowRate, 95)),
		with(trial(Behaviour, "by hand, drains", "by-hand", 0), replicas(4), drains, load(lowRate, 85)),
		with(trial(Behaviour, "drains-on-sigterm, standard", "rollguard", 0), replicas(4), drains, annotate("drains-on-sigterm", "true"), load(lowRate, 95)),
		with(trial(Behaviour, "drains-on-sigterm, careful, minReadySeconds 0", "rollguard", 0), replicas(4), drains,
			annotate("drains-on-sigterm", "true", "profile", "careful"), load(lowRate, 110)))
}

// lags are losses against lag and sleep, with 2 replicas.
func lags(all ...int) Batch {
	b := Batch{Title: fmt.Sprintf("losses against sleep, at lags of %d and %d s", all[0], all[len(all)-1])}
	for _, seconds := range all {
		at := fmt.Sprintf(", lag %d s", seconds)
		b.Entries = append(b.Entries, with(trial(Lag, "sleep 0"+at, "probes", 0), replicas(2), lag(seconds), load(lagRate, 85)))
		for _, sleep := range []int{5, 10, 20, 35} {
			b.Entries = append(b.Entries, with(trial(Lag, fmt.Sprintf("sleep %d", sleep)+at, "rollguard", 0), replicas(2), lag(seconds),
				annotate("pre-stop-sleep", fmt.Sprintf("%ds", sleep)), load(lagRate, 100)))
		}
	}
	return b
}

// races are race A: a health check every 15 s, and no readiness gate. What one replica
// loses varies more.
func races(ones int) Batch {
	b := Batch{Title: "race A: one replica and two"}
	for i := range ones {
		b.Entries = append(b.Entries, raceEntries(1, [2]int{70, 95}, i)...)
	}
	for i := range rounds {
		b.Entries = append(b.Entries, raceEntries(2, [2]int{90, 135}, i)...)
	}
	return b
}

func raceEntries(n int32, seconds [2]int, i int) []Entry {
	var out []Entry
	for _, lags := range []string{"5-15 s", "2 s"} {
		for j, ready := range []string{"0s", "25s"} {
			name := fmt.Sprintf("%d replicas, minReadySeconds %d, %s", n, 25*j, lags)
			e := with(trial(RaceA, name, "rollguard", i), asMeasured, replicas(n), annotate("min-ready", ready, "max-surge", ""), load(raceRate, seconds[j]))
			if lags == "2 s" {
				lag(2)(&e.Trial)
			}
			out = append(out, e)
		}
	}
	return out
}
