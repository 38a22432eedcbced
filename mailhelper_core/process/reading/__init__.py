"""What stands in a message: cues, deadlines, its language; pure."""
