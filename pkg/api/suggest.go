package api

import "strings"

// suggestion is "; did you mean X?" for the nearest of the candidates, or nothing
// when none is near. What people get wrong is a letter, a hyphen or the case.
func suggestion(word string, candidates []string) string {
	if nearest := nearest(word, candidates); nearest != "" {
		return "; did you mean " + nearest + "?"
	}
	return ""
}

func nearest(word string, candidates []string) string {
	const longest = 64 // beyond that it is no slip of the pen
	if len(word) > longest {
		return ""
	}
	best, bestDistance := "", 4
	for _, c := range candidates {
		limit := min(bestDistance, len(c)/2+1)
		if d := distance(normalize(word), normalize(c)); d < limit {
			best, bestDistance = c, d
		}
	}
	return best
}

func normalize(s string) string {
	return strings.NewReplacer("_", "-", ".", "-", " ", "-").Replace(strings.ToLower(s))
}

// distance is the Levenshtein distance, byte by byte.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
