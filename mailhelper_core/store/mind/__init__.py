"""What is thought of mail: opinions, corrections, tags, rules, and the timeline that shows it all."""
