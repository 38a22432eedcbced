"""Jobs: submitted, claimed fairly, run in slices, taken back when their worker dies; the row is the truth."""
