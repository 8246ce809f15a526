"""An AWS Lambda function that calls every role on a schedule and writes a CloudWatch metric per verdict.

It runs where the callers are: in the vendor's account as the vendor's own principal, or in the customer's account as
the estate's `verifier`, and then needs the verifier's external ID in the environment variable VERIFIER_EXTERNAL_ID.

The zip holds Rolecall's runtime, this file and a list of the roles. From a checkout, with the estate in `my-estate`:

    mkdir -p build/function/rolecall
    cp rolecall/__init__.py build/function/rolecall/
    cp -r rolecall/runtime build/function/rolecall/
    cp examples/verify_in_lambda.py build/function/
    rolecall list --estate my-estate --format json --show-external-ids > build/function/roles.json
    (cd build/function && python3 -m zipfile -c ../verify_in_lambda.zip rolecall verify_in_lambda.py roles.json)

The list holds external IDs in full: keep it, and the zip, out of any repository. `rolecall list WORKSPACE` narrows it
to the roles that one vendor calls; roles that do not trust the function's principal are inconclusive. An external ID
that stands in a parameter has to be written into the list by hand.

The function: runtime `python3.11` or newer (boto3 is there), handler `verify_in_lambda.handler`, 256 MB, a time-out of
some minutes. Roles that were not reached by then are inconclusive. Its execution role is the vendor's principal or the
verifier's, and may do two things:

    {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111111111111:role/vendors/*"},
      {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*",
       "Condition": {"StringEquals": {"cloudwatch:namespace": "Rolecall"}}}]}

An EventBridge schedule, `rate(1 hour)`, starts it. Each run writes all verdicts, those without a role as 0, so that
alarms recover by themselves. Worth an alarm, with missing data as breaching: `unprotected` of 1 or more at once;
`verified` below the number of roles three times in a row; and the function's own `Errors`.

Logs and answer name roles and verdicts; external IDs, credentials and the texts of AWS are in neither.
"""

import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from rolecall.runtime import (
    Clients,
    Patience,
    RoleExpectation,
    RoleResult,
    Verdict,
    calls_as,
    expectations_from_list,
    observe,
    principals_from_list,
    unasked,
    verify_trust,
    verify_trust_as_verifier,
    within,
)

LIST = Path(__file__).with_name("roles.json")
NAMESPACE, METRIC, DIMENSION = "Rolecall", "Roles", "Verdict"
WORKERS = 16
# Of the function's time, in milliseconds: nothing new is asked in the last 20 s, and a call that has no answer in the
# last 10 s is given up, so that the metrics are written in any case.
LAST_CALL_MS, RESERVE_MS = 20_000, 10_000
# Who the function is takes a moment; an endpoint that keeps it waiting is not to take the metrics along.
WHO_SECONDS = 5.0
# Two tries, which both end within the last 10 s.
METRICS = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"})
# These roles have been there for a while: what is wrong after half a minute is wrong.
PATIENCE = Patience(bound_seconds=30)
NO_TIME = "the function's time was over"
LOG = logging.getLogger("rolecall")
LOG.setLevel(logging.INFO)

Ask = Callable[[RoleExpectation], RoleResult]


def handler(event: object, context: Any) -> dict[str, object]:
    """Call the roles, write the metrics, and say how many got which verdict and which are not verified.

    Metrics that cannot be written are an error of the function's; the log has the verdicts by then.
    """
    del event  # a schedule says nothing

    document = json.loads(LIST.read_text("utf-8"))
    clients = Clients(boto3.Session())
    ask = asking(document, clients, lambda: context.get_remaining_time_in_millis() > LAST_CALL_MS)
    seconds = (context.get_remaining_time_in_millis() - RESERVE_MS) / 1000
    results = asked(expectations_from_list(document), ask, seconds)
    counts = Counter(result.verdict for result in results)
    rest = {result.address: result.verdict.value for result in results if result.verdict is not Verdict.VERIFIED}
    for address, word in rest.items():
        LOG.warning("%s is %s", address, word)
    boto3.client("cloudwatch", config=METRICS).put_metric_data(Namespace=NAMESPACE, MetricData=list(data(counts)))
    return {"counts": {verdict.value: counts[verdict] for verdict in Verdict}, "not_verified": rest}


def asking(document: Mapping[str, Any], clients: Clients, has_time: Callable[[], bool]) -> Ask:
    """How this caller asks a role: as the verifier, or as the vendor where the role trusts it."""
    verifier_id = os.environ.get("VERIFIER_EXTERNAL_ID")
    if verifier_id:
        return lambda role: verify_trust_as_verifier(
            replace(role, verifier_id=verifier_id), clients, patience=PATIENCE, has_time=has_time
        )
    principals = principals_from_list(document)
    seen, caller = observe(
        lambda: clients.client("sts").get_caller_identity()["Arn"], bounded=partial(within, WHO_SECONDS)
    )

    def as_vendor(role: RoleExpectation) -> RoleResult:
        if caller is None:
            return unasked(role, f"who the function is cannot be told: {seen.reason or seen.error_code}")
        # A pending trust lets nobody in, so that anybody can ask.
        if role.external_ids and not any(calls_as(caller, principal) for principal in principals[role.role_arn]):
            return unasked(role, "the role does not trust the function's principal")
        return verify_trust(role, clients, patience=PATIENCE, has_time=has_time)

    return as_vendor


def asked(roles: Iterable[RoleExpectation], ask: Ask, seconds: float) -> list[RoleResult]:
    """Every role's result; those that were not reached within the seconds are inconclusive, never verified."""
    pool = ThreadPoolExecutor(WORKERS)
    calls = {pool.submit(ask, role): role for role in roles}
    in_time, _ = wait(calls, timeout=max(0.0, seconds))
    pool.shutdown(wait=False, cancel_futures=True)
    return [_result(call, role) if call in in_time else unasked(role, NO_TIME) for call, role in calls.items()]


def _result(call: Future[RoleResult], role: RoleExpectation) -> RoleResult:
    """What a call showed. One that failed in an unforeseen way takes no other role's verdict along."""
    error = call.exception()
    return call.result() if error is None else unasked(role, f"asking it failed: {type(error).__name__}")


def data(counts: Mapping[Verdict, int]) -> Iterable[dict[str, object]]:
    """One datum per verdict, also where no role has it: an alarm that saw one has to see it gone."""
    for verdict in Verdict:
        dimensions = [{"Name": DIMENSION, "Value": verdict.value}]
        yield {"MetricName": METRIC, "Dimensions": dimensions, "Value": counts.get(verdict, 0), "Unit": "Count"}
