"""The commands of the IMAP server, a file per group. A handler is a generator of responses and touches no socket."""
