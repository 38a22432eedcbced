"""A model service in the test's own process: three protocols, answers by a function, and ways to misbehave."""
