# SPDX-License-Identifier: ISC
"""Holds answers to docs/openapi.yaml: the part of JSON Schema that the document uses, and stricter in one thing: a member that
the document does not know is a fault, but in the shapes that the command line has too (x-open), where
adding is free."""
import os
import re

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TYPES = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}
FORMATS = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "date": r"\d{4}-\d\d-\d\d"}


def load():
    with open(f"{TOP}/docs/openapi.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


class Contract:
    def __init__(self):
        self.document = load()

    def resolve(self, node):
        while "$ref" in node:
            at = self.document
            for piece in node["$ref"][2:].split("/"):
                at = at[piece]
            node = at
        return node

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def find(self, path, method="get"):
        """The operation of a path as it is asked for, without the query."""
        for pattern, name, operation in self.operations():
            if name == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                return operation
        return None

    def schema(self, operation, status, media):
        answers = operation["responses"]
        answer = self.resolve(answers.get(str(status)) or answers["default"])
        content = answer.get("content", {})
        return content[media].get("schema") if media in content else None

    def faults(self, schema, value, where="$"):
        """What is wrong with a value, as sentences."""
        schema = self.resolve(schema)
        if "oneOf" in schema:
            found = [self.faults(one, value, where) for one in schema["oneOf"]]
            return [] if any(not f for f in found) else min(found, key=len)
        faults = self._type(schema, value, where)
        if faults:
            return faults
        if "enum" in schema and value not in schema["enum"]:
            faults.append(f"{where}: {value!r} is none of {schema['enum']}")
        if isinstance(value, str):
            faults += self._text(schema, value, where)
        if isinstance(value, int) and "minimum" in schema and value < schema["minimum"]:
            faults.append(f"{where}: {value} is too small")
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                faults += self.faults(schema["items"], item, f"{where}[{i}]")
        if isinstance(value, dict):
            faults += self._object(schema, value, where)
        return faults

    def _type(self, schema, value, where):
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds

        def is_of(kind):
            if kind in ("integer", "number"):
                return isinstance(value, (int, float) if kind == "number" else int) and not isinstance(value, bool)
            return isinstance(value, TYPES[kind])

        return [] if not kinds or any(is_of(kind) for kind in kinds) else [f"{where}: {value!r} is no {kinds}"]

    @staticmethod
    def _text(schema, value, where):
        pattern = FORMATS.get(schema.get("format"))
        if pattern and not re.fullmatch(pattern, value):
            return [f"{where}: {value!r} is no {schema['format']}"]
        return []

    def members(self, schema):
        """All properties and those that must be there, with allOf."""
        schema = self.resolve(schema)
        properties, required = dict(schema.get("properties", {})), list(schema.get("required", []))
        for part in schema.get("allOf", []):
            more, needed = self.members(part)
            properties.update(more)
            required += needed
        return properties, required

    def _object(self, schema, value, where):
        properties, required = self.members(schema)
        is_open = schema.get("x-open") or any(self.resolve(part).get("x-open") for part in
                                                             schema.get("allOf", []))
        if not properties:
            return []
        faults = [f"{where}: {name} is missing" for name in required if name not in value]
        for name, member in value.items():
            if name not in properties and not is_open:
                faults.append(f"{where}: the document knows no member {name}")
            elif name in properties:
                faults += self.faults(properties[name], member, f"{where}.{name}")
        return faults
