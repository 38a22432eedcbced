"""A mail assistant for the terminal; it uses nothing but mailhelper's public names."""
