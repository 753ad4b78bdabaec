// Package load runs k6, the load generator of the original experiment, and says what
// became of every request. The scripts are beside the code: ramp.js, constant.js and
// what they share, request.js.
package load
