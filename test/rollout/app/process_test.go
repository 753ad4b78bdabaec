package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/rollguard/rollguard/test/rollout/tally"
)

// asApp in the environment makes the test binary the application itself.
const asApp = "ROLLOUT_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process is a running application.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
	url string
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-listen", address}, args...)...)
	cmd.Env = append(os.Environ(), asApp+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// It has begun: from here on it knows what SIGTERM means.
	if line, err := bufio.NewReader(log).ReadString('\n'); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return &process{t: t, cmd: cmd, out: bufio.NewReader(out), url: "http://" + address}
}

// ready waits until the application answers.
func (p *process) ready() *process {
	p.t.Helper()
	return p.answers("/__health")
}

// answers waits until the application answers on a path.
func (p *process) answers(path string) *process {
	p.t.Helper()
	for tick := time.Tick(5 * time.Millisecond); ; <-tick {
		resp, err := http.Get(p.url + path)
		if err == nil {
			resp.Body.Close()
			return p
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			p.t.Fatal(err)
		}
	}
}

// term sends SIGTERM and returns what the process served.
func (p *process) term() tally.Tally {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	var got tally.Tally
	if err := json.Unmarshal(line, &got); err != nil {
		p.t.Fatalf("%s: %v", line, err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatal(err)
	}
	return got
}

// inFlight sends a request and returns when the application has it; the status comes
// from the channel, an error as 0.
func (p *process) inFlight() <-chan int {
	p.t.Helper()
	status := make(chan int, 1)
	go func() {
		resp, err := http.Get(p.url + "/test")
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	for tick := time.Tick(5 * time.Millisecond); p.tally().InFlight == 0; <-tick {
	}
	return status
}

// tally asks the running process.
func (p *process) tally() tally.Tally {
	p.t.Helper()
	resp, err := http.Get(p.url + "/__tally")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var got tally.Tally
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		p.t.Fatal(err)
	}
	return got
}

func TestNothingListensBeforeTheStartUpHasPassed(t *testing.T) {
	p := start(t, "-start-up", "1h")
	if conn, err := net.Dial("tcp", p.url[len("http://"):]); err == nil {
		conn.Close()
		t.Error("something listens")
	}
	if tally := p.term(); tally.Listening != nil || tally.Terminated == nil {
		t.Errorf("tally %+v: it says that it listened, or that no signal came", tally)
	}
}

func TestTheTallyCountsByPath(t *testing.T) {
	p := start(t, "-latency", "0").ready()
	probe, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/test", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	probe.Header.Set("User-Agent", "kube-probe/1.37")
	if resp, err := http.DefaultClient.Do(probe); err != nil {
		t.Fatal(err)
	} else {
		resp.Body.Close()
	}
	for path, want := range map[string]int{"/test": 200, "/__health": 200, "/other": 404} {
		resp, err := http.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, resp.StatusCode, want)
		}
	}
	tally := p.term()
	if tally.Served != 1 || tally.Probes != 1 || tally.NotFound != 1 || tally.Health < 2 || tally.Aborted != 0 {
		t.Errorf("tally %+v", tally)
	}
	if tally.Probed == nil || tally.Probed.Before(*tally.Listening) {
		t.Errorf("kubelet had its first answer at %v", tally.Probed)
	}
	if tally.Listening == nil || tally.Terminated == nil || tally.Ended.Before(*tally.Terminated) {
		t.Errorf("times %+v", tally)
	}
}

func TestHealthChecksCanBeSlow(t *testing.T) {
	p := start(t, "-health-latency", "1h").answers("/__tally")
	impatient := http.Client{Timeout: 200 * time.Millisecond}
	if resp, err := impatient.Get(p.url + "/__health"); err == nil {
		resp.Body.Close()
		t.Error("a health check was answered at once")
	}
	if tally := p.term(); tally.Health != 0 || tally.Probed != nil {
		t.Errorf("tally %+v", tally)
	}
}

func TestAnApplicationThatExitsAbortsWhatIsInFlight(t *testing.T) {
	p := start(t, "-latency", "1h", "-latency-max", "0").ready()
	status := p.inFlight()
	tally := p.term()
	if got := <-status; got != 0 {
		t.Errorf("status %d, want a broken connection", got)
	}
	if tally.Aborted != 1 || tally.Served != 0 {
		t.Errorf("tally %+v", tally)
	}
}

func TestAnApplicationThatDrainsFinishesWhatIsInFlight(t *testing.T) {
	p := start(t, "-latency", "300ms", "-on-term", "drain").ready()
	status := p.inFlight()
	tally := p.term()
	if got := <-status; got != 200 {
		t.Errorf("status %d, want 200", got)
	}
	if tally.Aborted != 0 || tally.Served != 1 {
		t.Errorf("tally %+v", tally)
	}
}

func TestDrainingIsBounded(t *testing.T) {
	p := start(t, "-latency", "1h", "-latency-max", "0", "-on-term", "drain", "-drain-limit", "10ms").ready()
	status := p.inFlight()
	tally := p.term()
	if got := <-status; got != 0 {
		t.Errorf("status %d, want a broken connection", got)
	}
	if tally.Aborted != 1 {
		t.Errorf("tally %+v", tally)
	}
}

func TestConnectionsAreKeptOnlyWhereAsked(t *testing.T) {
	for setting, closed := range map[string]bool{"75s": false, "0": true} {
		p := start(t, "-keep-alive", setting).ready()
		resp, err := http.Get(p.url + "/__health")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Close != closed {
			t.Errorf("-keep-alive %s: connection closed %v, want %v", setting, resp.Close, closed)
		}
		p.term()
	}
}
