"""Tags that learn: suggestions, budgets, and groups that could be new tags."""
