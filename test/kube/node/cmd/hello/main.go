// Command hello is the smallest application that a test can deploy: it answers every HTTP
// request on port 8080 with the text of its flag -text and, when asked to end, answers
// what is under way and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// readBound is how long a client may take to send the head of its request.
const readBound = 10 * time.Second

func main() {
	text := flag.String("text", "hello", "what to answer")
	flag.Parse()
	if err := run(*text); err != nil {
		fmt.Fprintf(os.Stderr, "hello: %v\n", err)
		os.Exit(1)
	}
}

// run serves until SIGTERM.
func run(text string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{
		Addr:              ":8080",
		ReadHeaderTimeout: readBound,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, text)
		}),
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		done <- server.Shutdown(context.Background())
	}()
	fmt.Println("hello serves on " + server.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-done
}
