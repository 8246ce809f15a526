"""Listings of many pages, of which an end can be trusted: none goes on for ever, and none breaks off unseen."""

from collections.abc import Iterator
from typing import Any

# Far above what an account holds: 1,000 roles by default, at 100 or more to a page; what else is listed is no more.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-22.
MAX_PAGES = 1000


def pages(client: Any, operation: str, **arguments: Any) -> Iterator[Any]:
    """All pages of a listing, as botocore's paginators ask for them.

    Args:
        client: a boto3 client.
        operation: its method, such as list_roles.
        arguments: of the paginator: the request's, and PaginationConfig.

    Raises:
        ValueError: there is no end to them, or a page tells of a next one and not how to ask for it, which botocore
            takes for the end. Either comes from something between here and AWS.
    """
    for number, page in enumerate(client.get_paginator(operation).paginate(**arguments)):
        if number == MAX_PAGES:
            raise ValueError(f"{operation} goes on after {MAX_PAGES} pages")
        if page.get("IsTruncated") and not (page.get("Marker") or page.get("NextToken")):
            raise ValueError(f"{operation} tells of a next page, and not how to ask for it")
        yield page
