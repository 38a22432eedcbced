"""The IMAP wire: bytes to values and back, without a socket (RFC 3501 section 9, RFC 9051 section 9)."""
