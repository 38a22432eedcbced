"""The one gate to model providers: consent, pseudonyms, budget, a row in the ledger for every call; it fails closed."""
