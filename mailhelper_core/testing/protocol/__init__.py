"""What a session knows and says, as values: responses, state, the selected mailbox as the client sees it."""
