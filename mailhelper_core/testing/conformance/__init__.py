"""Conformance suites: does a provider keep the contract of its hook? Each raises AssertionError with what is broken."""
