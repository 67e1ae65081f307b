"""An OpenAPI description (2.0, 3.0, 3.1, 3.2), parsed already, to its operations and servers. Pure.

Only what finds operations is looked at here, and leniently: a description with one odd corner still describes the rest.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from probes.interfaces.described import Description, Operation, Undescribed

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_MOST_HOPS = 20


def openapi(whole: Any, place: str) -> Description:
    """Return what an OpenAPI description says; ``place`` is its URL (or empty), from which its servers are counted.

    Raises:
        Undescribed: it is no OpenAPI description, or describes no operation.
    """
    version = _version(whole)
    paths = whole.get("paths")
    if not isinstance(paths, Mapping):
        raise Undescribed("the OpenAPI description has no paths")
    if version.startswith(("2.", "3.0")):
        whole = _nullable(whole)
        paths = whole["paths"]
    unread = tuple(path for path, item in paths.items() if not isinstance(resolved(whole, item), Mapping))
    operations = tuple(_operations(whole, paths))
    if not operations:
        raise Undescribed("the OpenAPI description has no operation that could be read")
    servers = tuple(_servers(whole, place))
    prefixes = tuple(dict.fromkeys(urlsplit(server).path.rstrip("/") for server in servers)) or ("",)
    absolute = tuple(server for server in servers if urlsplit(server).scheme in {"http", "https"})
    return Description(
        style="openapi",
        version=version,
        operations=operations,
        servers=absolute,
        prefixes=prefixes,
        whole=whole,
        unread=unread,
    )


def resolved(whole: Mapping[str, Any], node: Any) -> Any:
    """Return a node with ``$ref`` into the same description followed; None where it leads nowhere, or in a circle."""
    for _ in range(_MOST_HOPS):
        if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
            return node
        node = at(whole, node["$ref"])
    return None


def at(whole: Mapping[str, Any], reference: str) -> Any:
    """Return what a reference such as ``#/components/schemas/Order`` names; None where that is not there."""
    head, _, pointer = reference.partition("#")
    node: Any = None if head else whole
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _nullable(node: Any) -> Any:
    """Return a copy in which ``nullable: true`` (OpenAPI 3.0, no word of JSON Schema) allows null."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copied = {key: _nullable(value) for key, value in node.items()}
    if copied.get("nullable") is True or copied.get("x-nullable") is True:
        return {"anyOf": [{"type": "null"}, copied]}
    return copied


def _version(whole: Any) -> str:
    found = (whole.get("openapi") or whole.get("swagger")) if isinstance(whole, Mapping) else None
    version = str(found or "")
    if not version.startswith(("2.", "3.")):
        raise Undescribed("this is no OpenAPI description: it has no member openapi (3.x) or swagger (2.0)")
    return version


def _operations(whole: Mapping[str, Any], paths: Mapping[str, Any]) -> Iterator[Operation]:
    for path, written in paths.items():
        item = resolved(whole, written)
        for method in _METHODS:
            found = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(found, Mapping):
                yield _operation(path, method, found)


def _operation(path: str, method: str, found: Mapping[str, Any]) -> Operation:
    tags = found.get("tags")
    said = (found.get("operationId"), found.get("summary"), found.get("description"), *(_texts(tags)), path)
    responses = found.get("responses")
    return Operation(
        name=str(found.get("operationId") or f"{method.upper()} {path}"),
        method=method.upper(),
        path=path,
        text=" ".join(text for text in said if isinstance(text, str)).lower(),
        responses=responses if isinstance(responses, Mapping) else {},
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _servers(whole: Mapping[str, Any], place: str) -> Iterator[str]:
    if "swagger" in whole:
        base = str(whole.get("basePath") or "/")
        hosts = [str(whole["host"])] if whole.get("host") else []
        schemes = _texts(whole.get("schemes")) or ("https",)
        yield from (f"{scheme}://{host}{base}" for host in hosts for scheme in schemes)
        if not hosts:
            yield _joined(place, base)
        return
    servers = whole.get("servers")
    found = [item for item in servers if isinstance(item, Mapping)] if isinstance(servers, list) else []
    for server in found or [{"url": "/"}]:
        url = str(server.get("url") or "/")
        variables = server.get("variables")
        for name, variable in variables.items() if isinstance(variables, Mapping) else ():
            if isinstance(variable, Mapping):
                url = url.replace(f"{{{name}}}", str(variable.get("default") or ""))
        yield _joined(place, url)


def _joined(place: str, url: str) -> str:
    try:
        joined = urljoin(place, url)
        urlsplit(joined).port  # noqa: B018 - a port that is no port is told by asking for it
    except ValueError:
        return "/"
    return joined
