package cli

import (
	"errors"

	"github.com/spf13/pflag"
)

// single is a flag that may be given once. The library lets the last of several win, and who
// names two namespaces would be answered about one.
type single struct {
	value *string
	given bool
}

// Set implements [pflag.Value]. The same twice is no mistake: completion parses twice.
func (s *single) Set(value string) error {
	if s.given && value != *s.value {
		return errors.New("it may be given only once (audit takes several)")
	}
	*s.value, s.given = value, true
	return nil
}

// String implements [pflag.Value].
func (s *single) String() string { return *s.value }

// Type implements [pflag.Value].
func (s *single) Type() string { return "string" }

// namespaceFlag is -n of commands that take one namespace.
func namespaceFlag(flags *pflag.FlagSet, into *string, usage string) {
	flags.VarP(&single{value: into}, "namespace", "n", usage)
}
