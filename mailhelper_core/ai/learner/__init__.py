"""The learner behind the gate: from examples to calibrated, explained opinions."""
