package textwidth

import "testing"

func TestASentenceIsCutWhereAPartOfItEnds(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"a short one is whole":             {"the sleep is short", "the sleep is short"},
		"one that just fits":               {"012345678901234567890123456789", "012345678901234567890123456789"},
		"at a part that ends late enough":  {"the author's maxUnavailable, which takes one Pod away", "the author's maxUnavailable..."},
		"not at one that ends early":       {"a, the author wrote a hook of his own", "a, the author wrote a hook..."},
		"before what stands in brackets":   {"the load balancer waits (its health check)", "the load balancer waits..."},
		"a word is cut where there is one": {"0123456789012345678901234567890123456789", "012345678901234567890123456..."},
		"letters count, not bytes":         {"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüü", "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Shorten(tt.in, 30); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
