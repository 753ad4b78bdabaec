package patch

import "github.com/valyala/fastjson"

// Scratch is memory for the values of operations, to be used again. The zero value is
// ready. A document that [Scratch.Build] or [Scratch.Apply] changed is valid until the
// next call of either.
type Scratch struct {
	parsers []*fastjson.Parser
	used    int
}

// parse reads one value. Each value needs a parser of its own for as long as the
// document lives.
func (s *Scratch) parse(raw []byte) (*fastjson.Value, error) {
	if s.used == len(s.parsers) {
		s.parsers = append(s.parsers, new(fastjson.Parser))
	}
	s.used++
	return s.parsers[s.used-1].ParseBytes(raw)
}
