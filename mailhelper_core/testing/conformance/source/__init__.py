"""Does a mail source keep its contract? What it says is read in every way, and what it writes is looked at."""
