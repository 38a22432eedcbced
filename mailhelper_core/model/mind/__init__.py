"""What is thought about messages: opinions, tags, learning, meaning."""
