"""Rows on the move: a whole database into another, an owner's rows into an archive and back, an owner's rows away."""
