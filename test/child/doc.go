// Package child has the process attributes of programs that a test program starts and
// stops: Ctrl-C on the terminal does not reach them, and on Linux they end with the
// program that started them, however that ends.
package child
