package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// read is Read for tests in which it must work.
func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read("f.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesAreCutIntoDocuments(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string // line: body
	}{
		"an empty file has none":                        {"", nil},
		"one document needs no dashes":                  {"a: 1\n", []string{"1: a: 1\n"}},
		"dashes stand between documents":                {"a: 1\n---\nb: 2\n", []string{"1: a: 1\n", "3: b: 2\n"}},
		"dashes at the start begin the first":           {"---\na: 1\n", []string{"2: a: 1\n"}},
		"a comment behind the dashes is not content":    {"--- # x\na: 1\n", []string{"2: a: 1\n"}},
		"content may stand behind the dashes":           {"--- {a: 1}\n--- |\n x\n", []string{"1:  {a: 1}\n", "2:  |\n x\n"}},
		"three dots end a document":                     {"a: 1\n...\n---\nb: 2\n", []string{"1: a: 1\n", "4: b: 2\n"}},
		"directives belong to what follows":             {"%YAML 1.2\n---\na: 1\n", []string{"3: a: 1\n"}},
		"comments and empty documents are none":         {"# x\n---\n\n---\na: 1\n", []string{"5: a: 1\n"}},
		"comments at the end are kept":                  {"a: 1\n---\n# x\n", []string{"1: a: 1\n", "3: # x\n"}},
		"four dashes are text":                          {"a: |\n  x\n----\n", []string{"1: a: |\n  x\n----\n"}},
		"dashes further right are text":                 {"a: |\n  ---\n", []string{"1: a: |\n  ---\n"}},
		"JSON objects need nothing in between":          {"{\"a\": 1}{\"b\":\n 2}\n{}\n", []string{"1: {\"a\": 1}", "1: {\"b\":\n 2}", "3: {}"}},
		"braces that are not JSON are one document":     {"{a: 1}\n", []string{"1: {a: 1}\n"}},
		"a byte order mark is no content":               {"\ufeff{}\n", []string{"1: {}"}},
		"a missing last line break stays missing":       {"a: 1\n---\nb: 2", []string{"1: a: 1\n", "3: b: 2"}},
		"Windows line breaks are line breaks":           {"a: 1\r\n---\r\nb: 2\r\n", []string{"1: a: 1\r\n", "3: b: 2\r\n"}},
		"what stands in a JSON string is not a divider": {"{\"a\": \"---\"}\n", []string{"1: {\"a\": \"---\"}"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := read(t, tt.text)
			var got []string
			var all []byte
			for i, d := range f.documents {
				got = append(got, fmt.Sprintf("%d: %s", d.bodyLine, d.body))
				all = append(all, concat(d.before, d.body, d.after)...)
				if d.place.Document != i+1 {
					t.Errorf("document %d is called %s", i+1, d.place)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if string(all) != tt.text {
				t.Errorf("the documents together are %q", all)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("#"), len(p))), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the pipe is broken") }

func TestFilesThatCannotBeRead(t *testing.T) {
	tests := map[string]struct {
		from io.Reader
		want string
	}{
		"a file without end":   {endless{}, "f.yaml: larger than 32 MiB"},
		"a broken pipe":        {broken{}, "f.yaml: the pipe is broken"},
		"UTF-16, low first":    {strings.NewReader("\xff\xfea\x00"), "f.yaml: is UTF-16; save it as UTF-8"},
		"UTF-16, high first":   {strings.NewReader("\xfe\xff\x00a"), "f.yaml: is UTF-16; save it as UTF-8"},
		"a wrong name on disk": {nil, "x/f.yaml: file does not exist"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var err error
			if tt.from == nil {
				_, err = ReadPath(fstest.MapFS{}, "f.yaml", "x")
			} else {
				_, err = Read("f.yaml", tt.from)
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFoldersAreReadByName(t *testing.T) {
	text := &fstest.MapFile{Data: []byte("a: 1\n")}
	files, err := ReadPath(fstest.MapFS{
		"b.yml": text, "a/z.json": text, "a/b/c.yaml": text, "a.txt": text, "c.yaml.bak": text,
		".git/x.yaml": text, ".hidden.yaml": text,
	}, ".", "deploy")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name)
	}
	if diff := cmp.Diff([]string{"deploy/a/b/c.yaml", "deploy/a/z.json", "deploy/b.yml"}, got); diff != "" {
		t.Error(diff)
	}
}
