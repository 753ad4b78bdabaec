package alb

import (
	"fmt"
	"strconv"
	"strings"
)

// Codes are the HTTP status codes that a health check takes for a success, as ranges.
type Codes [][2]int

// ParseCodes reads the matcher of a target group: "200", "200,302" or "200-399".
func ParseCodes(text string) (Codes, error) {
	var out Codes
	for _, part := range strings.Split(text, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(low)
		if err != nil {
			return nil, fmt.Errorf("success codes %q: %q is not a number", text, low)
		}
		to, err := strconv.Atoi(high)
		if err != nil {
			return nil, fmt.Errorf("success codes %q: %q is not a number", text, high)
		}
		out = append(out, [2]int{from, to})
	}
	return out, nil
}

// Contains tells whether status is one of the codes.
func (c Codes) Contains(status int) bool {
	for _, r := range c {
		if r[0] <= status && status <= r[1] {
			return true
		}
	}
	return false
}
