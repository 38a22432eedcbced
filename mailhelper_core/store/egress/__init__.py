"""What the gate to model providers keeps: consents, pseudonyms, the ledger and its budget."""
