// Package sequence makes random sequences of writes of one Deployment, does each of
// them twice, with Rollguard and without, and checks what Rollguard promises after
// every write: above all that it never starts a rollout, and never breaks a write.
//
// The copy without Rollguard is the shadow. It says what the author did: his Pod
// template changed if the shadow's did, and his write is valid if the shadow's is.
//
// Between the writes whatever is around the guarded copy comes, changes and goes, the webhook
// is away for some writes, and the posture loop looks and repairs as the namespace asks:
// only a repair that was asked to roll may touch the template.
//
// Who stores the two copies is a [World]: the simulated API server of this package's
// test, or a real one (test/apiserver).
package sequence
