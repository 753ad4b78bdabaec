package textwidth

import "strconv"

// Count is a number with what it counts, "1 Deployment" or "2 Deployments", for words whose
// plural has an s more.
func Count[N int | int32 | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(int64(n), 10) + " " + one + "s"
}
