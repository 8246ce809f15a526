"""Whether what a role was granted of a service lies where the role could use it."""

from rolecall.model.identifiers import Arn, partition_of
from rolecall.model.invalid import InvalidValueError
from rolecall.model.services import ServiceAccess
from rolecall.model.services.base import EncryptedAccess
from rolecall.policy.reasoned import Home


def check_place(access: ServiceAccess, home: Home, *, region_is_known: bool = True) -> None:
    """Refuse resources of another partition, and a key that is not beside them: neither could ever be used.

    Args:
        access: what was granted.
        home: where the role lives.
        region_is_known: whether the role's region is, which the deployment may choose; a key is then compared by its
            partition alone, unless the access names a region.

    Raises:
        InvalidValueError: RC302 for the region, RC208 for the key.
    """
    region = access.region_in(home.region)
    region_is_known = region_is_known or access.region is not None
    if region_is_known and partition_of(region) != home.partition:
        allowed = f"a region of partition {home.partition}, as the role's"
        raise InvalidValueError("region of another partition", region, allowed, "correct it", rule="RC302")
    key = access.kms_key if isinstance(access, EncryptedAccess) else None
    if key is None:
        return
    arn = Arn.parse(key)
    if arn.partition != home.partition or (region_is_known and arn.region != region):
        where = f"region {region}, as the resources, in " if region_is_known else ""
        allowed = f"{where}partition {home.partition}"
        raise InvalidValueError("kms_key of another region or partition", key, allowed, "correct it", rule="RC208")
