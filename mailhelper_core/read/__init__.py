"""Reading: one message whole, its raw octets, safe HTML, attachments, its thread and its history."""
