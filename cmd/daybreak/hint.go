package main

// hintFor gives the remedy for errors that come from below with a type of their own.
func hintFor(err error) string { return "" }
