"""The front: MailHelper for a process, OwnerServices for a request; wiring only."""
