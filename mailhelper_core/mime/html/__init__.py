"""HTML of strangers: bounded before a parser sees it, made safe to show, turned into text."""
