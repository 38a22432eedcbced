"""Spam and tags, measured: the mails, the peers, the protocols, the figures of merit."""
