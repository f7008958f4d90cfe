"""The names of 0.1 stay: what clients, scripts and WeCom's own pages were told of is still there, and asks no more.

``python -m tests.checks.names`` prints each name of `tests/data/names-of-0.1.txt` that is gone, and each input that has
become required since, and fails if there is one. A line there is a subject and what belongs to it: an operation's
parameters, the fields of its body (dotted, with types and enum values) and of its answer, a command's options, an
address. What is new is nobody's business here.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from scrm import app, cli, wiring
from scrm.app import console
from scrm.core.openapi import openapi

KEPT = Path(__file__).parents[1] / "data" / "names-of-0.1.txt"
_SCHEMAS = "#/components/schemas/"
_PART = re.compile(r"\{\w+\}")
Names = dict[str, set[str]]


def gone(kept: Names, now: Names) -> list[str]:
    """What of the kept names is missing now, and what is asked for (``!``) now and was not."""
    found = [f"{subject}: 不再存在 / gone" for subject in kept.keys() - now.keys()]
    for subject in kept.keys() & now.keys():
        # What was required and is optional now asks less.
        missing = {name for name in kept[subject] - now[subject] if not name.endswith("!")}
        demanded = {name for name in now[subject] - kept[subject] if name.endswith("!")}
        found += [f"{subject}: {name} 不再存在 / gone" for name in missing]
        found += [f"{subject}: {name[:-1]} 现为必填 / is required now" for name in demanded]
    return sorted(found)


def names_now() -> Names:
    """The names of this tree."""
    operations = [item for api in wiring.APIS for item in api.operations]
    return {**of_document(openapi(operations)), **of_commands(), **of_addresses()}


def read(text: str) -> Names:
    lines = (line.split("\t") for line in text.splitlines())
    return {_unnamed(subject): set(names.split()) for subject, names in lines}


def written(names: Names) -> str:
    return "".join(f"{subject}\t{' '.join(sorted(names[subject]))}\n" for subject in sorted(names))


def of_document(document: dict[str, Any]) -> Names:
    """Operations of an OpenAPI document with their parameters, and the fields that they take in and give out."""
    schemas = document["components"]["schemas"]
    found: Names = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            subject = f"{method.upper()} {_unnamed(path)}"
            found[subject] = set(_parameters(operation["parameters"], schemas))
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found[f"{subject} body"] = set(_fields(content["schema"], schemas, "", taken=True))
            for status, answer in operation["responses"].items():
                if "$ref" in answer:
                    answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                for content in answer.get("content", {}).values():
                    # Problems are one model, which would stand here eighty times.
                    place = "every problem" if status[0] in "45" else f"{subject} {status}"
                    found[place] = set(_fields(content["schema"], schemas, "", taken=False))
    return found


def _unnamed(path: str) -> str:
    """What a part of an address is called is nobody's business: clients see its place."""
    return _PART.sub("{}", path)


def of_commands() -> Names:
    """Every ``scrm`` command with its arguments, options and their choices."""
    return dict(_commands("scrm", cli.main))


def of_addresses() -> Names:
    """Every address outside the API: those that are typed into WeCom, and those that operators look at."""
    os.environ.setdefault("SCRM_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    os.environ.setdefault("SCRM_SECRET_KEY", "only-to-see-which-addresses-there-are")
    served = app.create_wsgi()
    assert isinstance(served, DispatcherMiddleware)
    found: Names = {f"ANY {mount}/": set() for mount in served.mounts}
    for rule in app.create_flask().url_map.iter_rules():
        if not rule.rule.startswith(("/api/", "/assets/", "/<")):
            found |= {f"{method} {rule.rule}": set() for method in rule.methods or () if method in {"GET", "POST"}}
    return found | {f"GET /{entry}": set() for entry in console.ENTRIES}


def _parameters(parameters: Iterable[dict[str, Any]], schemas: dict[str, Any]) -> Iterator[str]:
    for parameter in parameters:
        name = "{}" if parameter["in"] == "path" else f"?{parameter['name']}"
        yield name
        if parameter["required"]:
            yield f"{name}!"
        yield from _fields(parameter["schema"], schemas, name, taken=True)


def _fields(
    schema: dict[str, Any], schemas: dict[str, Any], at: str, *, taken: bool, within: tuple[str, ...] = ()
) -> Iterator[str]:
    """Dotted names below ``at`` with their types and enum values; a model within itself is followed once."""
    if "$ref" in schema:
        model = schema["$ref"].removeprefix(_SCHEMAS)
        if model not in within:
            yield from _fields(schemas[model], schemas, at, taken=taken, within=(*within, model))
        return
    for choice in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        yield from _fields(choice, schemas, at, taken=taken, within=within)
    # That an answer may lack a value is no promise; that an input may is one.
    if "type" in schema and (taken or schema["type"] != "null"):
        yield f"{at}:{schema['type']}"
    values = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
    yield from (f"{at}={value}" for value in values)
    if isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"], schemas, f"{at}[]", taken=taken, within=within)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _fields(schema["additionalProperties"], schemas, f"{at}{{}}", taken=taken, within=within)
    required = set(schema.get("required", ())) if taken else set()
    for name, value in schema.get("properties", {}).items():
        field = f"{at}.{name}"
        yield field
        if name in required:
            yield f"{field}!"
        yield from _fields(value, schemas, field, taken=taken, within=within)


def _commands(words: str, command: click.Command) -> Iterator[tuple[str, set[str]]]:
    yield words, {name for parameter in command.params for name in _options(parameter)}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _commands(f"{words} {name}", inner)


def _options(parameter: click.Parameter) -> Iterator[str]:
    spelt = [f"<{parameter.name}>"] if isinstance(parameter, click.Argument) else parameter.opts
    for name in [*spelt, *parameter.secondary_opts]:
        yield f"{name}:flag" if getattr(parameter, "is_flag", False) else name
        if parameter.required:
            yield f"{name}!"
        if isinstance(parameter.type, click.Choice):
            yield from (f"{name}={choice}" for choice in parameter.type.choices)


if __name__ == "__main__":
    lost = gone(read(KEPT.read_text()), names_now())
    sys.stdout.write("".join(f"{line}\n" for line in lost))
    sys.exit(1 if lost else 0)
