package topology_test

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rollguard/rollguard/pkg/topology"
)

// counted are neighbours that note how often they are asked.
type counted struct {
	neighbourList

	asked, given, labels int
}

func (c *counted) Tied(to topology.Tie) []*networkingv1.Ingress {
	out := c.neighbourList.Tied(to)
	c.asked, c.given = c.asked+1, c.given+len(out)
	return out
}

func (c *counted) NamespaceLabels(namespace string) map[string]string {
	c.labels++
	return c.neighbourList.NamespaceLabels(namespace)
}

// afar are Ingresses of another namespace: many, of which one is in group edge.
func afar() *counted {
	c := &counted{}
	for i := range 100 {
		c.neighbourList = append(c.neighbourList, neighbour{Ingress: ingress(func(ing *networkingv1.Ingress) {
			ing.Namespace, ing.Name = "lab", string(rune('a'+i%26))+string(rune('a'+i/26))
			if i == 42 {
				set("group.name", "edge")(ing)
			}
		})})
	}
	return c
}

func TestOnlyNeighboursAreLookedAtThatShareSomething(t *testing.T) {
	for name, tc := range map[string]struct {
		src                  topology.Sources
		asked, given, labels int
	}{
		"no Ingress":     {topology.Sources{}, 0, 0, 0},
		"no named group": {with(ingress()), 0, 0, 0},
		"a group":        {with(ingress(set("group.name", "edge"))), 1, 1, 0},
		"a group alone":  {with(ingress(set("group.name", "other"))), 1, 0, 0},
	} {
		c := afar()
		tc.src.Neighbours = c
		topology.NewGraph(tc.src)
		if c.asked != tc.asked || c.given != tc.given || c.labels != tc.labels {
			t.Errorf("%s: asked %d times for %d Ingresses, %d times for labels", name, c.asked, c.given, c.labels)
		}
	}
}

func TestOfManyIngressesThatStopEverythingTheFirstIsNamed(t *testing.T) {
	c := afar()
	for i := range c.neighbourList {
		classless(c.neighbourList[i].Ingress)
	}
	src := with(ingress(set("group.name", "edge")))
	src.Neighbours = c
	src.Classes = append(src.Classes, class("a", "x", byDefault), class("b", "x", byDefault))
	check(t, doubt(t, src), topology.GroupError, "Ingress lab/aa names no class, and there are several default classes")
}
