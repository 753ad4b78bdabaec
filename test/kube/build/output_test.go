package build

import "testing"

func TestCompilerOutput(t *testing.T) {
	tests := []struct {
		name   string
		writes []string
		want   string
		tail   string
	}{
		{"nothing yet", nil, "looking at what is to be compiled", ""},
		{"modules", []string{"go: downloading x.io/m v1.2.3\n"}, "1 modules downloaded", ""},
		{"packages", []string{"x.io/m/a\nx.io", "/m/b\nx.io/m/c\n"}, "3 packages compiled", ""},
		{"linking", []string{"x.io/m/a\nx.io/main\n"}, "linking, 2 packages compiled", ""},
		{"error", []string{"x.io/m/a\n# x.io/m/a\na.go:1:2: undefined: b"}, "1 packages compiled", "# x.io/m/a\na.go:1:2: undefined: b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			output := &compilerOutput{main: "x.io/main"}
			for _, text := range test.writes {
				if _, err := output.Write([]byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			if got := output.progress().String(); got != test.want {
				t.Errorf("progress is %q, want %q", got, test.want)
			}
			if got := output.tail(); got != test.tail {
				t.Errorf("tail is %q, want %q", got, test.tail)
			}
		})
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 2449: "2,449"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) is %q, want %q", n, got, want)
		}
	}
}
