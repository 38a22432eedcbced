"""Learning: what the owner says and does becomes models that are tried, promoted and rolled back."""
