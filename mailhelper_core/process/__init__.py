"""Understanding: what is stored about a message becomes opinions, and opinions become a verdict."""
