"""How an administrator of the embedded AWS gives a customer managed key the id that an estate names."""

KEY_ID_TAG = "rolecall:key-id"
"""A tag of kms:CreateKey: the key gets its value as id. On AWS a key's id is random and the tag means nothing."""
