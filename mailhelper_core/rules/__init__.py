"""Rules: saved searches with actions, planned exactly as they run."""
