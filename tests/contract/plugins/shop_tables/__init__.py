"""A plugin's own tables, as it would ship them."""
