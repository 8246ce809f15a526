"""Every vendor that an estate knows: its own, and those of the catalog, which are read once somebody asks for them."""

from collections.abc import Iterator, Mapping

from rolecall.config.vendor import Vendor
from rolecall.vendors import catalog


class KnownVendors(Mapping[str, Vendor]):
    """Vendors by their id. An estate uses a few of the catalog's; the others are not read.

    Args:
        own: the estate's own vendors, and those of the catalog with its changes.
        hidden: ids of the catalog's whose changes are wrong, so that nobody takes them unchanged.
    """

    def __init__(self, own: Mapping[str, Vendor], hidden: frozenset[str] = frozenset()) -> None:
        self._read = dict(own)
        self._ids = tuple(name for name in catalog.ids() if name not in own and name not in hidden) + tuple(own)

    def __getitem__(self, vendor: str) -> Vendor:
        if vendor not in self._read:
            if vendor not in self._ids:
                raise KeyError(vendor)
            self._read[vendor] = Vendor.model_validate(catalog.entry(vendor))
        return self._read[vendor]

    def __contains__(self, vendor: object) -> bool:
        return vendor in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
