"""From an estate to proofs: who can call, what is asked of each role, and what the answers and the live role prove."""
