"""The tables by subject: mail (facts), mind (opinions and decisions), work (deeds and bookkeeping)."""
