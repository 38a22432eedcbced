"""How pages look: the frame, filters, icons, charts, static files."""
