package verdict

import "fmt"

// Counted names the first of several, and how many more there are; "" for none.
func Counted(doors []string) string {
	switch more := len(doors) - 1; {
	case more < 0:
		return ""
	case more > 0:
		return fmt.Sprintf("%s and %d more", doors[0], more)
	}
	return doors[0]
}
