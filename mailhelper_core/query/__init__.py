"""The criteria language: query text and JSON to the tree and back, and the predicate that is the truth."""
