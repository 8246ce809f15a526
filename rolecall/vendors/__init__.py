"""The catalog: what vendors have published about their AWS principals and external IDs, with source and date."""
