"""The AWS accounts of an estate, as they are: how each is reached, and what is found in it."""
