"""`python -m rolecall.cli`."""

from rolecall.cli import main

main()
