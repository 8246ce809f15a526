"""Rolecall: cross-account IAM roles for SaaS vendors, compiled from YAML and proved by calling them."""

__version__ = "0.1.0"
