package pods

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rollguard/rollguard/test/install"
)

// inventory names everything that is stored in the cluster.
func inventory(t *testing.T) []string {
	t.Helper()
	all, err := install.Inventory(t.Context(), world.cluster.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// nothingLeft compares with an earlier inventory, once the garbage collector has seen
// what was deleted.
func nothingLeft(t *testing.T, before []string) {
	t.Helper()
	eventually(t, "everything is as before", func() error {
		if left := install.Added(before, inventory(t)); len(left) > 0 {
			return fmt.Errorf("left behind: %s", strings.Join(left, ", "))
		}
		return nil
	})
	if gone := install.Added(inventory(t), before); len(gone) > 0 {
		t.Errorf("taken away: %s", strings.Join(gone, ", "))
	}
}
