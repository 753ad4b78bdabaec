// Package rollout is the experiment that Rollguard came from, and the proof that it
// does what it is for: a rolling update under load, with every request counted.
//
// arm.go has the Deployments that are compared, with their manifests in arms/;
// result.go what a rollout gives, and whether the counts of the three sides agree;
// bound.go what a count proves. Below: app is the application, load the load
// generator. The load balancer is test/alb, and docs/experiment/method.md the method.
package rollout
