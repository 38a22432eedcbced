"""Watch: hears from servers that something is new, and only asks for jobs."""
