"""From the files that a user wrote to the estate, or to findings that say where and why not."""
