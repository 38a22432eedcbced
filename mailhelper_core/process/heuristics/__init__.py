"""Facts weighed into opinions, from the first mail on; pure."""
