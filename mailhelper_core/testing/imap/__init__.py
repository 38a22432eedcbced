"""An IMAP4rev1 server for tests: sockets and threads around pure command handlers."""
