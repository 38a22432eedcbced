"""The boundary to mail sources: IMAP servers, Maildir and mbox, each as a MailSession."""
