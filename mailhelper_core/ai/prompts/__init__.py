"""What models are asked: prompts as data, each with a version that stands beside every answer."""
