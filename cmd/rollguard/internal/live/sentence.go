package live

import (
	"fmt"
	"slices"
	"strings"
)

// maxNamed is how many namespaces a sentence names.
const maxNamed = 5

// Sentences says what could not be read, each without a full stop: one with what to do for all
// that a user may not read, and one for each other reason.
func Sentences(gaps []Gap) []string { return sentences(gaps, ", so what is said may be wrong") }

// sentences are those with what comes of it.
func sentences(gaps []Gap, so string) []string {
	var users, reasons []string
	denied, failed := map[string][]Gap{}, map[string][]Gap{}
	for _, gap := range gaps {
		if gap.Settled {
			continue
		}
		if r, ok := refused(gap.Err); ok {
			users, denied[r.user] = append(users, r.user), append(denied[r.user], gap)
		} else {
			reasons, failed[gap.Err] = append(reasons, gap.Err), append(failed[gap.Err], gap)
		}
	}
	var out []string
	for _, user := range distinct(users) {
		what := denied[user]
		out = append(out, fmt.Sprintf("user %s may not read %s%s; ask for %s", user, strings.Join(parts(what), ", nor "), so, strings.Join(rights(what), ", and for ")))
	}
	for _, reason := range distinct(reasons) {
		out = append(out, fmt.Sprintf("%s could not be read%s: %s", strings.Join(parts(failed[reason]), ", and "), so, reason))
	}
	return out
}

// distinct are texts in their order, each once.
func distinct(all []string) []string {
	var out []string
	for _, text := range all {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// part is what of some namespaces could not be read, or with none of the cluster.
type part struct {
	// itself says that the namespace was not read, beside kinds of what is in it.
	itself bool
	kinds  []string
	where  []string
}

// divided cuts "services of namespace shop", and "namespace shop".
func (g *Gap) divided() (kind, where string) {
	if strings.HasPrefix(g.What, oneNamespace) {
		return "", g.What
	}
	kind, where, _ = strings.Cut(g.What, " of ")
	return kind, where
}

// parts names what could not be read: namespaces of which the same could not be together.
func parts(gaps []Gap) []string {
	var all []*part
	for i := range gaps {
		kind, where := gaps[i].divided()
		at := slices.IndexFunc(all, func(p *part) bool { return p.where[0] == where })
		if at < 0 {
			at, all = len(all), append(all, &part{where: []string{where}})
		}
		if p := all[at]; kind == "" {
			p.itself = true
		} else if !slices.Contains(p.kinds, kind) {
			p.kinds = append(p.kinds, kind)
		}
	}
	var merged []*part
	for _, p := range all {
		at := slices.IndexFunc(merged, func(m *part) bool {
			return m.inNamespaces() && p.inNamespaces() && m.itself == p.itself && slices.Equal(m.kinds, p.kinds)
		})
		if at >= 0 {
			merged[at].where = append(merged[at].where, p.where...)
		} else {
			merged = append(merged, p)
		}
	}
	out := make([]string, len(merged))
	for i, p := range merged {
		out[i] = p.String()
	}
	return out
}

func (p *part) inNamespaces() bool { return strings.HasPrefix(p.where[0], oneNamespace) }

func (p *part) String() string {
	kinds := strings.Join(p.kinds, ", ")
	where, its := p.where[0], "its"
	if p.inNamespaces() {
		where = named(p.where)
	}
	if len(p.where) > 1 {
		its = "their"
	}
	switch {
	case where == "":
		return kinds
	case !p.itself:
		return kinds + " of " + where
	case kinds == "":
		return where
	}
	return fmt.Sprintf("%s and %s %s", where, its, kinds)
}

// named are namespaces, each given as "namespace shop".
func named(all []string) string {
	if len(all) == 1 {
		return all[0]
	}
	names := make([]string, len(all))
	for i, name := range all {
		names[i] = strings.TrimPrefix(name, oneNamespace)
	}
	return "namespaces " + firstOf(names)
}

// firstOf names the first, and counts the others.
func firstOf(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// rights would close the gaps: ClusterRole view for what it has, in the namespaces where
// that is missing, and for the rest the verb.
func rights(gaps []Gap) []string {
	var view, list []string
	for i := range gaps {
		kind, where := gaps[i].divided()
		switch {
		case strings.HasPrefix(where, oneNamespace) && (kind == "" || inView(kind)):
			view = append(view, where)
		case strings.HasPrefix(where, oneNamespace):
			list = append(list, kind+" in "+where)
		case where != "":
			list = append(list, kind+" in all namespaces")
		default:
			list = append(list, kind)
		}
	}
	var out []string
	if view = distinct(view); len(view) > 0 {
		out = append(out, "ClusterRole view in "+named(view))
	}
	if list = distinct(list); len(list) > 0 {
		out = append(out, "the right to list "+strings.Join(list, ", "))
	}
	return out
}
