"""mailhelper: the mail engine that a Python program imports; these names are its public API."""
