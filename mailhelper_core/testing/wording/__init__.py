"""The texts that the mailbox generator composes mails from; data only."""
