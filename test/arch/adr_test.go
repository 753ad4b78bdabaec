package arch

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheTitleOfADecisionHasTheNumberOfItsFile(t *testing.T) {
	files, err := filepath.Glob("../../docs/adr/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d decisions, error %v", len(files), err)
	}
	seen := map[int]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		title, err := bufio.NewReader(f).ReadString('\n')
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		name := filepath.Base(file)
		if _, err := fmt.Sscanf(name, "%04d-", &number); err != nil {
			t.Errorf("%s: no number: %v", name, err)
		}
		if !strings.HasPrefix(title, fmt.Sprintf("# %d. ", number)) {
			t.Errorf("%s has the title %q", name, title)
		}
		if other := seen[number]; other != "" {
			t.Errorf("%s and %s have one number", other, name)
		}
		seen[number] = name
	}
}
