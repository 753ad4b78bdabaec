// Package bench measures what one admission costs, side by side with the least and
// with the usual that a webhook on controller-runtime can cost: a no-op and a typed
// defaulter that makes the same changes.
//
// Every handler gets the whole AdmissionReview through controller-runtime's
// admission.Webhook, so the figures hold everything but the network; [Serve] and
// [Drive] add that. Times of one run may be compared with each other and with
// nothing else. The allocations are exact, and a test holds them to a bar.
//
// deployment.go and review.go make the input, contestants.go the handlers,
// scenario.go brings the two together, measure.go and drive.go take the figures.
package bench
