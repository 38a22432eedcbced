"""Sieve scripts to rules and back, lossless; what a rule cannot say is kept word for word and reported."""
