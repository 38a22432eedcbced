"""One module a group of commands; each is imported only when it is called."""
