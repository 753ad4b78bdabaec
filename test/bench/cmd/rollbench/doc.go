// Command rollbench prints what an admission costs, for people: Rollguard beside a
// no-op and a typed defaulter, in process and over TLS, with the bars next to the
// figures. It judges nothing: times on a shared machine are no ground for that.
//
//	rollbench            all tables, in less than a minute
//	rollbench -pid 4711  the resident memory of a running process
package main
