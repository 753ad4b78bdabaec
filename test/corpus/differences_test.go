package corpus

// differences are the Deployments, as "case namespace/name", about which we know less
// than LBC, with the reason. They only ever concern routes that are in doubt: none
// that LBC makes may be missing, and none that it cannot have made may be found.
func differences() map[string]string {
	return map[string]string{
		"random-106 ops/docs": "LBC leaves out rules that an earlier redirect overshadows (pkg/ingress/rule_optimizer.go). " +
			"The target group and its targets are there all the same, so the route is guarded, and is not said to be in doubt.",
	}
}
