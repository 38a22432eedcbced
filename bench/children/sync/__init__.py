"""Children that talk to a mail server: ours, and what they are measured beside."""
