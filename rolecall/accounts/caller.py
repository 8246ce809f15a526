"""Whose credentials this process has."""

from rolecall.answer import CANNOT_TELL, CommandError
from rolecall.runtime.observation import observe


def own_account(region: str) -> str:
    """The account that the caller belongs to, 12 digits.

    Args:
        region: whose STS is asked.

    Raises:
        CommandError: there are no credentials, or STS cannot be asked.
    """
    import boto3  # noqa: PLC0415 -- takes a quarter of a second

    from rolecall.runtime.clients import CONFIG  # noqa: PLC0415 -- boto3, as above

    seen, answer = observe(lambda: boto3.client("sts", region_name=region, config=CONFIG).get_caller_identity())
    if answer is None:
        why = seen.reason or f"AWS answered {seen.error_code}"
        raise CommandError(f"it cannot be told which account this is: {why}", "sign in to AWS", CANNOT_TELL)
    return str(answer["Account"])
