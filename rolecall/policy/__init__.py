"""Policy documents as values: made from grants, judged, compared and measured. Pure functions over dictionaries."""
