"""How an administrator of the embedded AWS gives a key or a secret the ARN that an estate names."""

KEY_ID_TAG = "rolecall:key-id"
"""A tag of kms:CreateKey: the key gets its value as id. On AWS a key's id is random and the tag means nothing."""

SECRET_SUFFIX_TAG = "rolecall:secret-suffix"  # noqa: S105 -- the name of a tag
"""A tag of secretsmanager:CreateSecret: the secret's ARN ends in its value, six characters that are random on AWS."""
