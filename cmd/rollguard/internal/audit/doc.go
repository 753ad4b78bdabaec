// Package audit says of many Deployments how they stand, worst first, in the forms that
// people, pipelines and code review tools read. It does no I/O.
package audit
