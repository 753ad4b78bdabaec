// Package policy decides what a Deployment lacks for a rollout that loses no
// request, and says why.
//
// [Evaluate] is a pure function: an [Input] in, a [Result] out, no I/O, clock or
// randomness. It runs the rules listed in rules.go, one file each, on the author's
// Deployment: the object without anything that Rollguard wrote earlier. What a
// rule wants is compared with the real object only afterwards. So deciding twice
// gives the same as deciding once, values of ours follow a changed policy, and what
// no rule calls for any more goes away.
//
// To add a rule: write one file with one function, add one line to the list in
// rules.go, its name to package api, its codes to catalogue.go, and its fixtures.
package policy
