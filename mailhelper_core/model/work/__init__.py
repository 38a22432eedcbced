"""Deeds and jobs: what is to be done, how it is taken back, and what came of it."""
