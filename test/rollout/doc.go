// Package rollout is the experiment that Rollguard came from, and the proof that it
// does what it is for: a rolling update under load, with every request counted.
//
// arm.go has the Deployments that are compared, with their manifests in arms/; trial.go
// what a rollout is to be like, manifest.go what is then applied; result.go and series.go
// what a rollout gives, and whether the counts of the three sides agree; bound.go what a
// count proves.
//
// Below: app is the application, load the load generator k6, lab the cluster that they
// run in, plan what is rolled, picture and report what people see of it, cmd/experiment
// the program that does all that. steady is another load generator, for
// cmd/rollguard-experiment, which measures a user's own Deployment. The load balancer is
// test/alb, and docs/experiment/method.md the method.
package rollout
