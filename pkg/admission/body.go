package admission

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

// chunkSize is what a body is read into at a time, in bytes: most reviews fit into one.
const chunkSize = 16 << 10

// chunk is a part of a body. Chunks of one size are all the same to a pool, which then holds no
// more than were ever in use at once; a buffer that doubles leaves its own size behind as
// garbage (100 connections took 177 MB of 128).
type chunk [chunkSize]byte

// body is a request's body as it comes: what was only announced takes no memory.
type body struct {
	chunks []*chunk
	size   int    // of all, in bytes
	start  []byte // the beginning of one that there was no room for
}

// free is the room in the last chunk.
func (b *body) free() []byte {
	if room := len(b.chunks)*chunkSize - b.size; room > 0 {
		return b.chunks[len(b.chunks)-1][chunkSize-room:]
	}
	return nil
}

// parts are the chunks as far as they are filled.
func (b *body) parts(yield func([]byte) bool) {
	for i, c := range b.chunks {
		if !yield(c[:min(chunkSize, b.size-i*chunkSize)]) {
			return
		}
	}
}

// beginning is enough of the body to find its uid in.
func (b *body) beginning() []byte {
	if len(b.chunks) == 0 {
		return b.start
	}
	return b.chunks[0][:min(earlyPart, b.size)]
}

// weight is what the body weighs as a review, from above: each JSON value but the first
// follows a comma or opens a list or an object. Those within strings are counted too. It costs
// next to nothing beside parsing.
func (b *body) weight() weight {
	w := weight{text: int64(b.size), values: 1}
	for part := range b.parts {
		w.values += int64(bytes.Count(part, []byte{','}) + bytes.Count(part, []byte{'['}) + bytes.Count(part, []byte{'{'}))
	}
	return w
}

// text is the whole body in one piece: where it is more than one chunk, in the memory of
// trees, which has room for it.
func (b *body) text(t *trees) []byte {
	if len(b.chunks) == 1 {
		return b.chunks[0][:b.size]
	}
	t.text = t.text[:0]
	if cap(t.text) < b.size {
		t.text = make([]byte, 0, b.size)
	}
	for part := range b.parts {
		t.text = append(t.text, part...)
	}
	return t.text
}

// shelf has the chunks that nobody uses.
type shelf struct{ pool sync.Pool }

func (s *shelf) take() *chunk {
	if c, ok := s.pool.Get().(*chunk); ok {
		return c
	}
	return new(chunk)
}

func (s *shelf) give(b *body) {
	for _, c := range b.chunks {
		s.pool.Put(c)
	}
	clear(b.chunks)
	*b = body{chunks: b.chunks[:0]}
}

// readBody reads the body of a request. What there is no room for is read and thrown away, so
// that its sender hears the answer.
func (h *Handler) readBody(b *buffers, from io.Reader, announced int64) error {
	var full error
	for full == nil && announced <= MaxBody {
		if len(b.body.free()) == 0 {
			if full = h.Gate.read(&b.ticket, chunkSize); full != nil {
				break
			}
			b.body.chunks = append(b.body.chunks, h.chunks.take())
		}
		n, err := from.Read(b.body.free())
		b.body.size += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	if full != nil && len(b.body.chunks) == 0 { // the uid is wanted for an answer
		b.body.start = make([]byte, earlyPart)
		n, _ := io.ReadFull(from, b.body.start) // what fails here fails again below
		b.body.start = b.body.start[:n]
	}
	if _, err := io.Copy(io.Discard, from); err != nil {
		return err
	}
	return full
}
