package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	yamlv3 "go.yaml.in/yaml/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxFileBytes bounds one file. A Helm release of several hundred objects takes one
// or two megabytes.
const MaxFileBytes = 32 << 20

// File is one file, cut into documents. All bytes of it stand in the documents.
type File struct {
	// Name is what people call the file.
	Name string

	documents []*document
	// decoded are objects that came as such.
	decoded []metav1.Object
}

// document is one document of a file.
type document struct {
	place Place
	// before is what stands between this document and the last one: the line of
	// dashes, directives, blanks.
	before []byte
	// body is the document itself; after is white space behind JSON.
	body, after []byte
	// bodyLine is the line on which the body starts.
	bodyLine int
	json     bool
	// served says that an API server wrote it: that no key stands twice and no object is
	// in it twice needs no proof.
	served  bool
	objects []*object
	tree    *yamlv3.Node // of the body, once lines are asked for
}

// Read cuts a stream into documents. The name is for people.
func Read(name string, r io.Reader) (*File, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, MaxFileBytes>>20)
	}
	if err := checkEncoding(text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &File{Name: name, documents: split(name, text)}, nil
}

// Served takes what an API server answered: one object, or a list of a page.
func Served(name string, answer []byte) *File {
	return &File{Name: name, documents: []*document{{
		place: Place{File: name}, body: answer, bodyLine: 1, json: true, served: true,
	}}}
}

// Decoded takes objects that an API server answered and that are decoded already. Those of
// other kinds than the built-in ones that decide about routes are passed over.
func Decoded(name string, objects []metav1.Object) *File {
	return &File{Name: name, decoded: objects}
}

// byteOrderMark is what some Windows programs put in front of UTF-8.
const byteOrderMark = "\ufeff"

// checkEncoding refuses what Windows' PowerShell writes with ">", and what is no text at all,
// such as a chart's archive.
func checkEncoding(text []byte) error {
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return errors.New("is UTF-16; save it as UTF-8")
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return errors.New("not a Kubernetes object: it is no text")
	}
	return nil
}
