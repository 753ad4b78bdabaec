package apiserver

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/install"
)

// large is the Deployment with an argument of so many bytes.
func (s *shop) large(size int) string {
	return s.deployment("", fmt.Sprintf("args: [%q]", strings.Repeat("x", size)))
}

// etcd refuses what is above 1.5 MB, after the API server has admitted it: no
// failurePolicy helps. What its author just fits in must still fit in beside Rollguard.
func TestAnObjectAtTheLimitOfEtcdIsNotPushedOverIt(t *testing.T) {
	off := newShop(t, "{}", annotations)
	taken := func(size int) bool {
		_, err := install.Kubectl(t.Context(), world.plane, []byte(off.large(size)), "create", "-f", "-")
		if err != nil && !strings.Contains(err.Error(), "too large") {
			t.Fatal(err)
		}
		if err == nil {
			off.kubectl("", "delete", "deployment", "web", "-n", off.name, "--wait=false")
		}
		return err == nil
	}
	const from, step = 1_560_000, 64
	largest := from + step*(sort.Search((1_580_000-from)/step, func(i int) bool { return !taken(from + step*i) })-1)
	if largest < from {
		t.Fatal("etcd takes less than this test thinks")
	}
	t.Logf("etcd takes an argument of %d bytes", largest)
	on := newShop(t, enabled, annotations)
	on.label()
	out := on.kubectl(on.large(largest), "create", "-f", "-")
	expect(t, on.get(), untouched())
	wantWarning(t, out.Warnings(), "etcd takes no object above")
	if largest += step; taken(largest) {
		t.Errorf("%d bytes more are taken too: this was not the limit", step)
	}
}
