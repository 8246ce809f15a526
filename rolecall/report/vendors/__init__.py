"""Vendors for people and for programs. An entry is plain data: a vendor's keys with every default filled in."""

from rolecall.report.vendors.page import as_page
from rolecall.report.vendors.table import Entry, as_json, as_table

__all__ = ["Entry", "as_json", "as_page", "as_table"]
