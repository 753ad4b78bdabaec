package api

// Layer is where a value came from, from the strongest to the weakest.
type Layer int

// The layers.
const (
	LayerBuiltIn Layer = iota
	LayerProfile
	LayerNamespace
	LayerDeployment
)

// Source tells where one value came from. Text is made only when somebody asks, as
// most requests never do.
type Source struct {
	Layer Layer
	// Name is the annotation key for the two annotation layers, the profile's name
	// for the profile.
	Name string
}

// String is the source for people: "namespace annotation rollguard.io/max-surge".
func (s Source) String() string {
	switch s.Layer {
	case LayerDeployment:
		return "deployment annotation " + s.Name
	case LayerNamespace:
		return "namespace annotation " + s.Name
	case LayerProfile:
		return "profile " + s.Name
	}
	return "built-in default"
}

// Setting is one value and where it came from.
type Setting[T any] struct {
	Value  T
	Source Source
}

// Asked tells whether somebody wrote the value in an annotation.
func (s Setting[T]) Asked() bool {
	return s.Source.Layer == LayerNamespace || s.Source.Layer == LayerDeployment
}
