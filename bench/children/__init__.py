"""One program a measurement; each prints one JSON object."""
