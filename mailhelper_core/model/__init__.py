"""The vocabulary: frozen values and the protocols that plugins implement; standard library only."""
