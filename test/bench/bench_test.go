package bench

import "testing"

// BenchmarkAdmission compares the handlers at every size:
//
//	go test -bench . ./test/bench
func BenchmarkAdmission(b *testing.B) {
	for _, size := range Sizes() {
		b.Run(size.Name, func(b *testing.B) {
			s, err := NewScenario(size)
			if err != nil {
				b.Fatal(err)
			}
			for i := range s.Entries {
				benchmarkEntry(b, &s.Entries[i])
			}
		})
	}
}

func benchmarkEntry(b *testing.B, entry *Entry) {
	b.Run(entry.String(), func(b *testing.B) {
		call, err := NewCall(entry.Handler, entry.Review)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(entry.Review)))
		b.ReportAllocs()
		for b.Loop() {
			call.Do()
		}
	})
}
