package manifest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Place is where something stands.
type Place struct {
	File string
	// Document counts from 1 within the file, Line is where the document starts. Both are 0
	// for what an API server answered.
	Document, Line int
}

// String is the place for people: "shop.yaml, document 2 (line 14)".
func (p Place) String() string {
	if p.Document == 0 {
		return p.File
	}
	return fmt.Sprintf("%s, document %d (line %d)", p.File, p.Document, p.Line)
}

// Error is an object or a document that cannot be used.
type Error struct {
	Place Place
	// Object is "Deployment shop/web", empty when even that is unknown.
	Object string
	Err    error
}

// Error names the place, the object and the cause. An object of a cluster needs no place
// beside its name.
func (e *Error) Error() string {
	switch {
	case e.Object == "":
		return fmt.Sprintf("%s: %v", e.Place, e.Err)
	case e.Place.Document == 0:
		return fmt.Sprintf("%s: %v", e.Object, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Place, e.Object, e.Err)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// lineNumber finds the line in a parser's message: "yaml: line 4: ...".
var lineNumber = regexp.MustCompile(`\bline (\d+)`)

// syntaxError makes a parser's message count lines from the start of the file.
// before is the number of lines above what the parser saw.
func syntaxError(err error, before int) error {
	text := lineNumber.ReplaceAllStringFunc(err.Error(), func(found string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(found, "line "))
		if err != nil {
			return found
		}
		return "line " + strconv.Itoa(n+before)
	})
	text = strings.TrimPrefix(text, "error converting YAML to JSON: ")
	return errors.New(text)
}
