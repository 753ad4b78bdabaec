// Package docs reads the commands that README and guides show, and its tests run them: a
// page in order, as a reader would, on a real API server. No command may be shown that
// no test runs, or that is not excused with a reason; where another package runs it, that
// is looked up in that package's source.
//
// A fenced block without a language, or with sh, bash or console, holds commands and
// nothing else. What programs print, and drawings, are text; in there a line is a command
// if it begins with "$ " or with a tab, as in the help that cobra writes.
package docs
