// Package alb stands for an AWS Application Load Balancer (ALB). It is a model, not
// the thing: what AWS documents and what was measured of it, as a reverse proxy with
// the lags as parameters. What it cannot show is in docs/experiment/method.md.
//
// An [ALB] has one target group and some nodes. A node is what AWS runs in each
// availability zone: it has its own view of the targets, learns of every change after
// a lag of its own, makes its own health checks and keeps its own connections. A
// client's connection belongs to one node, as DNS would spread them.
//
// Package lbc, below, stands for the AWS Load Balancer Controller that registers and
// deregisters the targets.
//
// parameters.go has every lag with its source; group.go, view.go and check.go are what
// happens to a target; proxy.go, forward.go and conn.go what happens to a request;
// reason.go says why one was not answered; journal.go writes all of it down.
package alb
