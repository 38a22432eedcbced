"""Children of `./dev bench load`."""
