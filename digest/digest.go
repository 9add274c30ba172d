// Package digest makes every mail that daybreak sends, up to its bytes.
//
// In comes what the store knows to be due; out go rendered mails, put into the outbox in the same transaction that marks
// them as made. schedule.go says when things are due, scheduler.go loops, compose*.go write the mails and render.go
// turns them into bytes. The package reads no mail and opens no connection: digest/outbox does the sending.
package digest
