// Package mailin takes mail out of one IMAP mailbox and gives each mail its one outcome.
//
// In comes an address with a way to log in, and what the database remembers of the mailbox: UIDVALIDITY and the last UID. Out
// goes, in batches, each mail's raw bytes to a receiver that commits outcomes and cursor together, so that a mail is neither
// passed over nor taken twice, whatever happens to the connection.
//
// The mailbox is only read: it is opened with EXAMINE, no flag is set, nothing is moved or deleted. The package parses no MIME
// itself (mailin/mime), cuts no quotes (mailin/reply), sends nothing, and knows no database.
package mailin
