"""Numbers of things, as a sentence has them."""


def number_of(count: int, thing: str) -> str:
    """`1 role`, `2 roles`: for words whose plural is made with an s.

    Args:
        count: how many.
        thing: one of them.
    """
    return f"{count} {thing}{'' if count == 1 else 's'}"
