"""Deeds: carry decisions to the server, take them back, and the owner's own commands."""
