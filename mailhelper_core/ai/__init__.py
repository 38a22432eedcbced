"""The mathematics of the local learner: pure functions over messages and hashed features."""
