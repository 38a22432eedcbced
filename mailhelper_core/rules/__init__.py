"""Rules: criteria and actions as data, planned and run by one evaluator."""
