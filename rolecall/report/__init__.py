"""Results as text and JSON. Functions here return strings and print nothing."""
