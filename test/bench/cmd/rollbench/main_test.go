package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestTablesNameEveryHandlerAndTheBars(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-rounds", "1", "-slice", "1ms", "-requests", "5"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"no-op", "rollguard", "defaulter", "bar 1.5x", "bar 350", "bar 64 KiB", "bar 2x", "89KB", "TLS 1.3"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("%q is missing in\n%s", word, &out)
		}
	}
}

func TestResidentMemory(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-pid", strconv.Itoa(os.Getpid())}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "MiB") {
		t.Errorf("got %s", &out)
	}
	if err := run([]string{"-pid", "-7"}, &out); err == nil {
		t.Error("a process that does not exist has resident memory")
	}
}
