// Package v1alpha1 is the configuration file of the webhook, version
// rollguard.io/v1alpha1.
//
// A field is added with its comment here ("Defaults to ..."), its default in
// defaults.go and its check in package config.
package v1alpha1
