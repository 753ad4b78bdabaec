package audit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/rollguard/rollguard/cmd/rollguard/internal/textwidth"
	"github.com/rollguard/rollguard/cmd/rollguard/internal/verdict"
	"github.com/rollguard/rollguard/pkg/policy"
)

// The parts of JUnit's XML that are written. There is no standard; this is what Jenkins,
// GitLab and GitHub's actions read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		File    string     `xml:"file,attr,omitempty"`
		Line    int        `xml:"line,attr,omitempty"`
		Failure *junitText `xml:"failure,omitempty"`
		Error   *junitText `xml:"error,omitempty"`
		Skipped *junitText `xml:"skipped,omitempty"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each namespace and a case for each Deployment. What makes the
// audit fail is a failure, what nothing is to be said about is skipped.
func (r *Report) JUnit(w io.Writer) error {
	all := junitSuites{Name: "rollguard audit", Suites: []junitSuite{}}
	index := map[string]int{}
	for i := range r.Deployments {
		row := &r.Deployments[i]
		at, known := index[row.Namespace]
		if !known {
			at = len(all.Suites)
			index[row.Namespace] = at
			all.Suites = append(all.Suites, junitSuite{Name: row.Namespace})
		}
		all.Suites[at].add(r.testCase(row))
	}
	if len(r.Errors)+len(r.Unread) > 0 {
		unread := junitSuite{Name: "what could not be read"}
		for _, text := range r.Errors {
			unread.add(junitCase{Name: text, Class: "rollguard", Error: &junitText{Message: text}})
		}
		for _, gap := range r.Unread {
			text := &junitText{Message: "could not be read, so what is said may be wrong: " + gap.Err}
			if gap.Decides() {
				unread.add(junitCase{Name: gap.What, Class: "rollguard", Error: text})
			} else {
				unread.add(junitCase{Name: gap.What, Class: "rollguard", Skipped: text})
			}
		}
		all.Suites = append(all.Suites, unread)
	}
	for _, s := range all.Suites {
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (r *Report) testCase(row *Row) junitCase {
	c := junitCase{Name: row.Name, Class: row.Namespace, File: row.File, Line: row.Line}
	said := &junitText{Message: fmt.Sprintf("%s: %s", row.State, strings.Join(row.why(), "; ")), Type: string(row.State), Text: row.text()}
	switch {
	case row.State == policy.Undecided:
		c.Error = said
	case r.FailOn.Matches(row):
		c.Failure = said
	case row.State == policy.Exempt, row.State == policy.Unexposed, row.State == verdict.NotEnabled:
		c.Skipped = &junitText{Message: string(row.State)}
	}
	return c
}

// text says all reasons, with what to do.
func (r *Row) text() string {
	var b strings.Builder
	for i := range r.Reasons {
		reason := &r.Reasons[i]
		fmt.Fprintf(&b, "\n%s: %s", reason.Code, textwidth.FullStop(reason.Message))
		if reason.Advice != "" {
			b.WriteString(" " + reason.Advice)
		}
	}
	if r.Do != "" {
		b.WriteString("\nTo do: " + r.Do)
	}
	return b.String() + "\n"
}
