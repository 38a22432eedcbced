"""What keeps users apart and the host up: log-in, sessions, limits, headers."""
