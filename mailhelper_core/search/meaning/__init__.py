"""Search by meaning: vectors of messages, made in a stage of its own, and the nearest of them."""
