"""Calling roles to prove them. Needs boto3 and the standard library only, and nothing else of Rolecall."""
