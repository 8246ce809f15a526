"""The hand-off: what the person needs who works on the vendor's screens, one sheet for each role. Pure functions."""
