package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// interruptGrace is how long the go command may take to stop its compilers and
// remove its temporary files when the build is cancelled.
const interruptGrace = 10 * time.Second

// job is the build of one binary out of several.
type job struct {
	request  Request
	target   target
	position int // from 1
	count    int
}

// run builds the binary into a folder of its own and then moves it to its
// place, so that nobody ever runs half a binary.
func (j job) run(ctx context.Context) error {
	info, err := queryModule(ctx, filepath.Join(j.request.Root, j.target.pins), j.target.module)
	if err != nil {
		return err
	}
	ldflags, err := linkerFlags(j.target, info)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(j.request.Out, unfinishedPattern)
	if err != nil {
		return fmt.Errorf("make build folder: %w", err)
	}
	defer os.RemoveAll(folder)
	built := filepath.Join(folder, j.target.name)

	report := newReport(j, info.Version)
	if err := j.compile(ctx, report, []string{"-tags", j.target.tags, "-ldflags", ldflags, "-o", built}); err != nil {
		return err
	}
	size, err := os.Stat(built)
	if err != nil {
		return fmt.Errorf("find built binary: %w", err)
	}
	if err := install(j.request, j.target, built); err != nil {
		return err
	}
	report.finished(size.Size())
	return nil
}

// compile runs the go command and reports its progress.
func (j job) compile(ctx context.Context, report *report, flags []string) error {
	output := &compilerOutput{main: j.target.pkg}
	args := append([]string{"build", "-mod=readonly", "-trimpath", "-v"}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, j.target.pkg)...)
	cmd.Dir = filepath.Join(j.request.Root, j.target.pins)
	cmd.Env = goEnvironment()
	cmd.Stdout, cmd.Stderr = output, output
	// The go command handles an interrupt by removing its temporary files.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace

	stop := report.follow(output)
	err := cmd.Run()
	stop()
	if ctx.Err() != nil {
		return fmt.Errorf("stopped after %s: %w", report.elapsed(), context.Cause(ctx))
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("a Go toolchain is needed: %w", err)
	}
	if err != nil {
		return fmt.Errorf("go build in %s: %w\n%s", cmd.Dir, err, output.tail())
	}
	return nil
}

// goEnvironment returns the environment for the go command: that of the caller,
// with what decides where the binary runs and which go.mod counts set. The
// binaries run here, whatever the caller cross-compiles, and no go.work may
// change the pinned versions.
func goEnvironment() []string {
	return append(os.Environ(),
		"CGO_ENABLED=0", "GOWORK=off", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
}
