package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rollguard/rollguard/test/rollout"
	"github.com/rollguard/rollguard/test/rollout/lab"
	"github.com/rollguard/rollguard/test/rollout/plan"
	"github.com/rollguard/rollguard/test/rollout/report"
)

// settings are what the flags say.
type settings struct {
	out, profile, only, dir string
	users, skip             int
	limit                   time.Duration
	draw, add               bool
}

func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("experiment", flag.ContinueOnError)
	flags.StringVar(&s.out, "out", "", "`folder` for results.json, the report and the pictures")
	flags.StringVar(&s.profile, "profile", "full", "`plan` to follow: "+strings.Join(plan.Names(), " or "))
	flags.StringVar(&s.only, "only", "", "`text` that the title of a batch must have")
	flags.StringVar(&s.dir, "dir", "", "state `folder` of the cluster, whose logs stay (default: a temporary one)")
	flags.IntVar(&s.skip, "skip", 0, "`number` of batches at the beginning to leave out")
	flags.IntVar(&s.users, "users", 0, "`number` of users of the ramp; 0 finds out how many the machine carries")
	flags.DurationVar(&s.limit, "limit", 90*time.Minute, "`time` it may take: a batch that would take longer is left out")
	flags.BoolVar(&s.add, "add", false, "add to the results that are there, for batches that had been left out")
	flags.BoolVar(&s.draw, "draw", false, "run nothing: write report and pictures of the results that are there")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.out == "" || flags.NArg() > 0 {
		return s, errors.New("-out FOLDER is all that is needed; -h shows the flags")
	}
	return s, nil
}

func run(ctx context.Context, args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	if s.draw {
		return draw(s.out)
	}
	p, err := plan.Named(s.profile)
	if err != nil {
		return err
	}
	p.Batches = slices.DeleteFunc(p.Batches[min(s.skip, len(p.Batches)):], func(b plan.Batch) bool { return !strings.Contains(b.Title, s.only) })
	e := &experiment{settings: s, plan: p, log: os.Stdout, begun: time.Now()}
	if s.add {
		if e.result, err = results(s.out); err != nil {
			return err
		}
		e.earlier, e.result.LeftOut = e.result.Minutes, nil
	}
	e.say("%d batches with %d rollouts, about %.0f minutes", len(p.Batches), p.Rollouts(), math.Ceil(p.Expected().Minutes()))
	if e.lab, err = lab.Start(ctx, lab.Options{Log: os.Stdout, Dir: s.dir}); err != nil {
		return err
	}
	err = e.run(ctx)
	if err = errors.Join(err, e.save(), e.lab.Stop()); err != nil {
		return err
	}
	if err := draw(s.out); err != nil {
		return err
	}
	return report.Check(&e.result)
}

// experiment is a run of a plan.
type experiment struct {
	settings
	plan   plan.Plan
	lab    *lab.Lab
	log    io.Writer
	begun  time.Time
	result rollout.Result
	// earlier is how many minutes the results took that are added to.
	earlier float64
}

// say writes a line of progress with the time since the start.
func (e *experiment) say(format string, args ...any) {
	passed := time.Since(e.begun).Round(time.Second)
	fmt.Fprintf(e.log, "%02d:%02d  %s\n", int(passed.Minutes()), int(passed.Seconds())%60, fmt.Sprintf(format, args...))
}

func (e *experiment) run(ctx context.Context) error {
	if err := e.describe(ctx); err != nil {
		return err
	}
	if err := e.chooseUsers(ctx); err != nil {
		return err
	}
	var left time.Duration
	for i := range e.plan.Batches {
		left += e.plan.Batches[i].Expected()
	}
	for i := range e.plan.Batches {
		b := &e.plan.Batches[i]
		if time.Since(e.begun)+b.Expected() > e.limit {
			e.say("batch %d of %d is left out, as it takes longer than -limit %s allows: %s", i+1, len(e.plan.Batches), e.limit, b.Title)
			e.result.LeftOut = append(e.result.LeftOut, b.Title)
			left -= b.Expected()
			continue
		}
		e.say("batch %d of %d: %s; %d Deployments, about %.0f minutes left in all", i+1, len(e.plan.Batches), b.Title, len(b.Entries), math.Ceil(left.Minutes()))
		if err := e.batch(ctx, i, b); err != nil {
			return err
		}
		left -= b.Expected()
		if err := e.save(); err != nil {
			return err
		}
	}
	return nil
}

// save writes what there is so far.
func (e *experiment) save() error {
	e.result.Minutes = e.earlier + math.Round(time.Since(e.begun).Minutes()*10)/10
	if err := os.MkdirAll(e.out, 0o755); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	text, err := json.Marshal(&e.result)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return os.WriteFile(resultsFile(e.out), append(text, '\n'), 0o644)
}

func resultsFile(folder string) string { return filepath.Join(folder, "results.json") }

// results reads what is there.
func results(folder string) (rollout.Result, error) {
	var r rollout.Result
	text, err := os.ReadFile(resultsFile(folder))
	if err != nil {
		return r, fmt.Errorf("read results: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read results: %w", err)
	}
	return r, nil
}

// draw writes what follows from the results: report and pictures.
func draw(folder string) error {
	r, err := results(folder)
	if err != nil {
		return err
	}
	return report.Write(folder, &r)
}
