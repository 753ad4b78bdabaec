package manifest

import (
	"errors"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/rollguard/rollguard/pkg/patch"
	"github.com/rollguard/rollguard/pkg/workload"
)

// Part is one stretch of a file, before and after. The parts of a file, one after
// the other, are the file.
type Part struct {
	Source, Result []byte
}

// Changed tells whether the two differ.
func (p *Part) Changed() bool { return string(p.Source) != string(p.Result) }

// Render writes patches into the file. Documents that no patch is for stay as they
// are, byte for byte. In the others, comments, the order of keys and, where it can be
// done, the layout stay.
//
// Every changed document is read again and compared with what the patch makes of the
// object, so a document that cannot be written faithfully is an error.
func (f *File) Render(edits []Edit) ([]Part, error) {
	parts := make([]Part, 0, len(f.documents))
	for _, d := range f.documents {
		body, err := d.rewrite(edits)
		if err != nil {
			return nil, err
		}
		source := concat(d.before, d.body, d.after)
		parts = append(parts, Part{Source: source, Result: concat(d.before, body, d.after)})
	}
	return parts, nil
}

// Objects lists all objects of the file as JSON, in order and with the patches
// applied. Items of a List stand for themselves.
func (f *File) Objects(edits []Edit) ([][]byte, error) {
	var out [][]byte
	for _, d := range f.documents {
		for _, o := range d.objects {
			text := o.json
			for _, e := range edits {
				if e.Deployment.object != o || len(e.Patch) == 0 {
					continue
				}
				v, err := fastjson.ParseBytes(text)
				if err != nil {
					return nil, o.fail(err)
				}
				if err := patch.Apply(v, e.Patch); err != nil {
					return nil, o.fail(err)
				}
				text = v.MarshalTo(nil)
			}
			out = append(out, text)
		}
	}
	return out, nil
}

// rewrite is the body with the patches for its objects.
func (d *document) rewrite(edits []Edit) ([]byte, error) {
	var ops []patch.Operation
	for _, e := range edits {
		if e.Deployment.object.doc != d {
			continue
		}
		for _, op := range e.Patch {
			op.Path = patch.Pointer(e.Deployment.object.keys) + op.Path
			ops = append(ops, op)
		}
	}
	if len(ops) == 0 {
		return d.body, nil
	}
	body, err := d.apply(ops)
	if err != nil {
		return nil, &Error{Place: d.place, Err: fmt.Errorf("write the result: %w", err)}
	}
	return body, nil
}

func (d *document) apply(ops []patch.Operation) ([]byte, error) {
	text, err := d.toJSON()
	if err != nil {
		return nil, err
	}
	wanted, err := fastjson.ParseBytes(text)
	if err != nil {
		return nil, err
	}
	if err := patch.Apply(wanted, ops); err != nil {
		return nil, err
	}
	drafts := []draft{func() ([]byte, error) { return layoutJSON(wanted, d.body) }}
	if !d.json {
		y, err := newYAMLEdit(d, ops)
		if err != nil {
			return nil, err
		}
		drafts = []draft{y.inPlace, y.anew}
	}
	return d.firstFaithful(wanted, drafts)
}

// draft is one way to write a document.
type draft func() ([]byte, error)

// firstFaithful is the first draft that reads as what is wanted.
func (d *document) firstFaithful(wanted *fastjson.Value, drafts []draft) ([]byte, error) {
	var faults []error
	for _, write := range drafts {
		body, err := write()
		if err == nil {
			err = d.proves(body, wanted)
		}
		if err == nil {
			return body, nil
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

// proves reads a body again, as it will stand in the file, and compares.
func (d *document) proves(body []byte, wanted *fastjson.Value) error {
	again := *d
	again.body = body
	text, err := again.toJSON()
	if err != nil {
		return fmt.Errorf("the result cannot be read again: %w", err)
	}
	got, err := fastjson.ParseBytes(text)
	if err != nil {
		return fmt.Errorf("the result cannot be read again: %w", err)
	}
	if !workload.Equal(got, wanted) {
		return errors.New("the result says something else than the patch")
	}
	return nil
}

func concat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
