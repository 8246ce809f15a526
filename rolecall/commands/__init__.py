"""One use case per file. Commands return what they found; only the command line prints, catches and exits."""
