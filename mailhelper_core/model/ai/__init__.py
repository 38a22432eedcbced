"""Model providers, and what may be shown to them."""
