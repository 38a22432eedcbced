"""What is decided and still to be done: changes, the outbox, pending work, leases, events."""
