"""Replies: drafts in the owner's style, by template or by a model provider; saved as drafts, never sent."""
