// Package picture draws rollouts as SVG: requests and losses per second above, the Pods
// and what the load balancer thinks of them below; and losses against lag and sleep.
//
// The colours are those of Okabe and Ito, which people with any colour vision tell
// apart; what matters also differs in lightness, and in the order of the layers.
package picture
