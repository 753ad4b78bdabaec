// Package config reads the webhook's configuration file: strictly decoded,
// defaulted, and checked with the path of each wrong field.
package config
