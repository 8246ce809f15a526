"""Where grants go: which stacks exist, in which account and region, and what they output."""
