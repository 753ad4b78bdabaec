package hardening

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// hostile is one way to ill-treat the port.
type hostile struct {
	name string
	// answer is what the sender gets: a status line, or "closed". A case may allow of two,
	// with " or " between them.
	answer string
	// protects says what limits the damage.
	protects string
	// many is how many connections send at once.
	many int
	// sends is the whole of what a connection sends; then it waits for the answer.
	sends func() []byte
	// incomplete requests are never finished by the sender.
	incomplete bool
	// keeps is for connections that stay open after their answer.
	keeps bool
	// again is how often a connection asks; varies is then what each of them sends, instead of
	// the same again.
	again  int
	varies func(connection, turn int) []byte
	// ops is for the port of health and metrics.
	ops bool
}

// cases are all but the missing client certificate, which needs another program.
func cases() []hostile {
	return []hostile{
		{name: "a body of 10 MB", answer: "413", protects: "limit of 7 MiB, before anything is kept", many: 16, sends: post(bytes.Repeat([]byte(" "), 10_000_000))},
		{name: "a body of 10 MB in chunks, without a length", answer: "413", protects: "limit of 7 MiB; bodies share an eighth of GOMEMLIMIT", many: 16, sends: chunked(10_000_000)},
		{name: "headers that never end", answer: "closed", protects: "5 s for headers", many: 200, sends: text("POST /mutate HTTP/1.1\r\nHost: x\r\nX-Slow: "), incomplete: true},
		{name: "a body that never ends", answer: "400 or closed", protects: "5 s for a body; memory as it comes, not as announced", many: 200, sends: text("POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7000000\r\n\r\n{"), incomplete: true},
		{name: "1,000 connections that ask nothing", answer: "closed", protects: "5 s for a first request; 512 connections, of which the least used goes", many: 1000, sends: text(""), incomplete: true},
		{name: "1,000 connections that asked once and are idle", answer: "405 or closed", protects: "512 connections, of which the least used goes", many: 1000, sends: text("GET /mutate HTTP/1.1\r\nHost: x\r\n\r\n"), keeps: true},
		{name: "7 MB of garbage", answer: "400 or 503", protects: "the parser stops at the first byte; cost is known before", many: 16, sends: post(garbage(7_000_000))},
		{name: "7 MB of single digits, 3,500,000 values", answer: "503", protects: "cost is known before parsing", many: 16, sends: post([]byte("[" + strings.Repeat("1,", 3_499_999) + "1]"))},
		{name: "as many values inside a review", answer: "200", protects: "cost is known before parsing: allowed, unchanged", many: 16, sends: post(review(`[` + strings.Repeat("1,", 3_000_000) + `1]`))},
		{name: "20,000 values, as many reviews as there are turns", answer: "200", protects: "reviews share two fifths of GOMEMLIMIT", many: 64, sends: post(review(`[` + strings.Repeat("1,", 20_000) + `1]`))},
		{name: "ordinary reviews of 50 kB, 100 times each", answer: "200", protects: "trees come with the turn, and those that are kept count", many: 300, sends: post(update(800)), again: 100},
		{name: "reviews of 1.3 MB with few values, 10 times each", answer: "200", protects: "bodies are read into parts of one size; trees that are dropped count until they are collected", many: 100, sends: post(review(`"` + strings.Repeat("x", 1_300_000) + `"`)), again: 10},
		{name: "large and ordinary reviews by turns, 20 times each", answer: "200", protects: "trees for text are no trees for values", many: 100, varies: byTurns(), again: 20},
		{name: "reviews of 50 kB, each with its list at another place, 2,500 times", answer: "200", protects: "trees are not kept while the heap is nearly full", many: 1, varies: shifted, again: 2500},
		{name: "lists nested 10,000 deep", answer: "400", protects: "the parser's limit of 300", many: 16, sends: post(bytes.Repeat([]byte("["), 10_000))},
		{name: "another content type", answer: "415", protects: "nothing is read", many: 16, sends: text("POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")},
		{name: "annotations of 6 MB", answer: "200", protects: "one value of a tree is cheap, however long", many: 16, sends: post(review(`"` + strings.Repeat("x", 6_000_000) + `"`))},
		{name: "the preface of HTTP/2", answer: "400", protects: "HTTP/1.1 only", many: 16, sends: text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
		{name: "a header of 1 MB", answer: "431 or closed", protects: "8 KiB of headers", many: 16, sends: text("POST /mutate HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 1<<20) + "\r\n\r\n")},
		{name: "another method", answer: "405", protects: "nothing is read", many: 16, sends: text("GET /mutate HTTP/1.1\r\nHost: x\r\n\r\n")},
		{name: "another path", answer: "404", protects: "two paths are served", many: 16, sends: text("GET /debug/pprof/heap HTTP/1.1\r\nHost: x\r\n\r\n")},
		{name: "port of health and metrics: a header of 1 MB that never ends", answer: "431 or closed", protects: "8 KiB of headers; 64 connections", many: 1000, sends: text("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20)), incomplete: true, ops: true},
		{name: "port of health and metrics: requests that never end", answer: "closed", protects: "64 connections, of which the least used goes; 5 s for headers", many: 1000, sends: text("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 4<<10)), incomplete: true, ops: true},
		{name: "port of health and metrics: metrics that nobody reads", answer: "200 or 503 or closed", protects: "4 scrapes at a time; 10 s for an answer", many: 1000, sends: text(strings.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n", 100)), keeps: true, ops: true},
	}
}

// request is what a connection sends in its turn.
func (c hostile) request(connection, turn int) []byte {
	if c.varies != nil {
		return c.varies(connection, turn)
	}
	return c.sends()
}

// byTurns is a review that is large by its text, then one that is by its values.
func byTurns() func(connection, turn int) []byte {
	long, dense := post(review(`"`+strings.Repeat("x", 1_300_000)+`"`))(), post(update(800))()
	return func(connection, turn int) []byte {
		if (connection+turn)%2 == 0 {
			return long
		}
		return dense
	}
}

// shifted is a review whose large object is each time another value of the tree. A parser that
// is used again keeps for each value the room of the largest object that it ever was.
func shifted(_, turn int) []byte {
	const size = 8000
	before := turn * 3 % size
	return post(review(`[` + strings.Repeat("1,", before) + `{` + strings.Repeat(`"a":1,`, size-before) + `"b":1}]`))()
}

func text(s string) func() []byte { return func() []byte { return []byte(s) } }

// post is one whole request.
func post(body []byte) func() []byte {
	return func() []byte {
		var out bytes.Buffer
		out.WriteString("POST /mutate?timeout=2s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ")
		out.WriteString(strconv.Itoa(len(body)))
		out.WriteString("\r\n\r\n")
		out.Write(body)
		return out.Bytes()
	}
}

func chunked(size int) func() []byte {
	return func() []byte {
		const chunk = 0x10000
		var out bytes.Buffer
		out.WriteString("POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
		for sent := 0; sent < size; sent += chunk {
			out.WriteString("10000\r\n")
			out.Write(bytes.Repeat([]byte(" "), chunk))
			out.WriteString("\r\n")
		}
		out.WriteString("0\r\n\r\n")
		return out.Bytes()
	}
}

func garbage(size int) []byte {
	random, out := rand.NewChaCha8([32]byte{}), make([]byte, size)
	_, _ = random.Read(out) // never fails
	return out
}

// update is the review of an update of an ordinary Deployment with so many environment
// variables.
func update(variables int) []byte {
	var env strings.Builder
	for i := range variables {
		fmt.Fprintf(&env, `,{"name":"A%d","value":"1"}`, i)
	}
	object := `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web","labels":{"app":"web"}},"spec":{"selector":{"matchLabels":{"app":"web"}},` +
		`"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"web:1","ports":[{"containerPort":8080}],"env":[` + env.String()[1:] + `]}]}}}}`
	return marshal(&admissionv1.AdmissionRequest{
		Operation: admissionv1.Update,
		Object:    runtime.RawExtension{Raw: []byte(object)}, OldObject: runtime.RawExtension{Raw: []byte(object)},
	})
}

// review is of a Deployment in a labelled namespace that has a value in an annotation's
// place.
func review(value string) []byte {
	object := `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web","annotations":{"x":` + value + `}},"spec":{}}`
	return marshal(&admissionv1.AdmissionRequest{Operation: admissionv1.Create, Object: runtime.RawExtension{Raw: []byte(object)}})
}

func marshal(req *admissionv1.AdmissionRequest) []byte {
	req.UID, req.Namespace, req.Name = "1", "shop", "web"
	req.Resource = metav1.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	out, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: req,
	})
	if err != nil {
		panic(err) // it is constant
	}
	return out
}
