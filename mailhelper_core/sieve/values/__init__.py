"""What tests compare: texts, wildcards, expressions, flags, dates, strings with variables."""
