"""Measure each target beside its peer in the same run; `./dev bench` writes docs/benchmarks.md."""
