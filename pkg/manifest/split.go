package manifest

import (
	"bytes"
	"strings"
)

// splitter cuts a file at the lines that end a YAML document. Such a line ends one
// wherever it stands, even inside a block of text (YAML 1.2, section 9.1.2), so no
// parser is needed, and a document with a mistake does not hide the next one.
type splitter struct {
	name      string
	text      []byte
	documents []*document
	// The document that is being collected: text[start:body] stands before it,
	// text[body:] is its own. Lines count from 1.
	start, body, bodyLine int
}

func split(name string, text []byte) []*document {
	s := &splitter{name: name, text: text, bodyLine: 1}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		s.body = len(byteOrderMark)
	}
	at, number := s.body, 1
	for line := range bytes.Lines(text[at:]) {
		switch {
		case isMarker(line, "---"):
			s.begin(line, at, number)
		case isMarker(line, "..."):
			s.end(at)
			s.body, s.bodyLine = at+len(line), number+1
		}
		at += len(line)
		number++
	}
	s.end(len(text))
	return s.documents
}

// begin takes a line of dashes. A comment belongs to it; anything else behind the
// dashes is the document's.
func (s *splitter) begin(line []byte, at, number int) {
	s.end(at)
	s.body, s.bodyLine = at+len(line), number+1
	if rest := bytes.TrimSpace(line[3:]); len(rest) > 0 && rest[0] != '#' {
		s.body, s.bodyLine = at+3, number
	}
}

// end closes the document, if one has begun. Comments and directives alone are none:
// they stand before the next one. Only at the end of the file they are kept as they
// are.
func (s *splitter) end(at int) {
	body := s.text[s.body:at]
	if at == s.start || blank(body) && at < len(s.text) {
		return
	}
	for _, d := range splitJSON(&document{before: s.text[s.start:s.body], body: body, bodyLine: s.bodyLine}) {
		d.place = Place{File: s.name, Document: len(s.documents) + 1, Line: d.bodyLine}
		s.documents = append(s.documents, d)
	}
	s.start, s.body = at, at
}

// isMarker tells whether a line is "---" or "...", alone or before a blank.
func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// blank tells whether a text holds no object: nothing, comments, directives such as
// "%YAML 1.2".
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return false
		}
	}
	return true
}
