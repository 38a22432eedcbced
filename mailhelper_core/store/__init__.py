"""The database: the only place that speaks SQL; rows become model values at its border."""
