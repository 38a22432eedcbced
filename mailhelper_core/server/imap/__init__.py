"""IMAP4rev1 (RFC 3501, RFC 9051): connection, wire layer, and a MailSession with a file per verb."""
