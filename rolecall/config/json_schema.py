"""The JSON Schema (2020-12) of the files, made from the models: what editors complete and underline."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from rolecall.config import schema
from rolecall.vendors import catalog

# The files by what a person calls them, and where they stand in an estate.
FILES: dict[str, tuple[type[BaseModel], str]] = {
    "estate": (schema.EstateFile, "estate.yaml"),
    "workspace": (schema.Workspace, "workspaces/NAME.yaml"),
    "project": (schema.ProjectFile, "workspaces/NAME/PROJECT.yaml"),
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VENDOR_ID = "^[a-z0-9][a-z0-9-]{0,31}$"


class _Readable(GenerateJsonSchema):
    """Without titles that only repeat a key's name, and with an empty value as one more type of what may be empty."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str):
            values = {"enum": [*inner["enum"], None]} if "enum" in inner else {}
            return {**inner, "type": [inner["type"], "null"], **values}
        return {"anyOf": [*(inner["anyOf"] if list(inner) == ["anyOf"] else [inner]), {"type": "null"}]}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults are told in the descriptions; only plain ones are data as well."""
        found = super().default_schema(schema)
        if not isinstance(found.get("default"), str | bool):
            found.pop("default", None)
        return found


def file_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of file: estate, workspace or project."""
    model, place = FILES[kind]
    models: list[type[BaseModel]] = [model, schema.Vendor] if kind == "estate" else [model]
    _, found = models_json_schema([(m, "validation") for m in models], schema_generator=_Readable)
    parts: dict[str, Any] = found["$defs"]
    whole = parts.pop(model.__name__)
    if kind == "estate":
        whole["properties"]["vendors"] |= _vendors(parts)
    return {
        "$schema": _DIALECT,
        **whole,
        "title": f"{place} of a Rolecall estate",
        "$defs": dict(sorted(parts.items())),
    }


def all_files() -> dict[str, Any]:
    """One schema that takes any of the files."""
    definitions: dict[str, Any] = {}
    for kind in FILES:
        found = file_schema(kind)
        definitions |= found.pop("$defs")
        del found["$schema"]
        definitions[kind] = found
    return {
        "$schema": _DIALECT,
        "title": "A file of a Rolecall estate",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in FILES],
        "$defs": definitions,
    }


def _vendors(parts: dict[str, Any]) -> dict[str, Any]:
    """Own vendors are whole; an entry for one of the catalog's holds only what changes."""
    parts["VendorChanges"] = {k: v for k, v in parts["Vendor"].items() if k != "required"} | {
        "title": "VendorChanges",
        "description": "Changes to a vendor of the catalog: each key takes the place of the catalog's.",
    }
    return {
        "properties": {
            name: {"$ref": "#/$defs/VendorChanges", "description": f"Changes to the catalog's {entry['name']}."}
            for name, entry in catalog.entries().items()
        },
        "propertyNames": {"pattern": _VENDOR_ID},
        "additionalProperties": {"$ref": "#/$defs/Vendor"},
    }
