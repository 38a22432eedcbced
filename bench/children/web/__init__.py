"""What `./dev bench web` runs."""
