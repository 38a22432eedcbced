"""Server to store, facts only: plan, look, fetch."""
