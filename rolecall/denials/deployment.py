"""What an instruction has to know of an estate: who deploys it, and how its accounts are bootstrapped."""

from dataclasses import dataclass

_CHOSEN = "the execution policy (`cdk bootstrap --cloudformation-execution-policies`)"
_WRITTEN = "the execution policy, which an administrator's `rolecall deploy --pipeline` writes anew"
BY_PIPELINE = (
    "as an administrator of the account, run `rolecall deploy --pipeline` and the `cdk bootstrap` that it prints"
)


@dataclass(frozen=True)
class Deployment:
    """How an estate is deployed.

    Args:
        bootstrap: a shell's command without its last argument, such as aws://111111111111/eu-central-1.
        role: name of the role that the estate's pipeline runs as; empty where the estate has no pipeline.
        execution_policy: name of the policy that Rolecall writes for CloudFormation; empty where there is no pipeline.
    """

    bootstrap: str = "cdk bootstrap --app="
    role: str = ""
    execution_policy: str = ""

    def place_of_execution(self, *, anew: bool = True) -> str:
        """Where CloudFormation's permissions stand; `cdk bootstrap` attaches that policy and does not change it.

        Args:
            anew: whether it is enough that Rolecall writes the policy again, as it does for a pipeline.
        """
        return _WRITTEN if self.role and anew else _CHOSEN

    def bootstrapping(self, place: str) -> str:
        """How an account and region are bootstrapped, as an instruction.

        Args:
            place: such as aws://111111111111/eu-central-1; empty where nobody said it.
        """
        if self.role:
            return BY_PIPELINE
        return f"bootstrap them first: `{self.bootstrap} {place or 'aws://ACCOUNT/REGION'}`"

    def is_run_by(self, who: str) -> bool:
        """Whether a session is the pipeline's."""
        return bool(self.role) and f":assumed-role/{self.role}/" in who

    def keeps(self, policy: str) -> bool:
        """Whether a Deny of CloudFormation's role may be one that Rolecall wrote.

        Args:
            policy: ARN of the policy that AWS named; empty where it named none.
        """
        return bool(self.execution_policy) and (not policy or policy.endswith(f":policy/{self.execution_policy}"))
