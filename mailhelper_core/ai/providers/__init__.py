"""Adapters to model services: Ollama without any library, OpenAI-compatible endpoints and Anthropic with an extra."""
