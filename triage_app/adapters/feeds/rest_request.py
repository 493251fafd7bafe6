"""Requests made from a template: a path with a query and a body of JSON, in which variables are filled in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

VARIABLES: Final = ("since", "until", "cursor", "page", "offset")

_VARIABLE = re.compile(rf"\$({'|'.join(VARIABLES)})\b")
_CURSOR = "$cursor"

Values = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Template:
    """A path below the address, and a body, which is None where none is sent.

    What holds `$cursor` is left out of the query and of the body's objects where there is no cursor yet.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    body: Any

    @classmethod
    def of(cls, path: str, body: str) -> "Template":
        """Read from texts; raises ValueError with a sentence."""
        where, _, query = path.partition("?")
        try:
            tree = json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the body is no valid JSON ({error}). Mend it.") from None
        return cls(where.lstrip("/"), tuple(parse_qsl(query, keep_blank_values=True)), tree)

    def uses(self, name: str) -> bool:
        """Whether a variable stands in it."""
        texts = [self.path, *(value for _, value in self.query), json.dumps(self.body)]
        return any(name in _VARIABLE.findall(text) for text in texts)

    def filled(self, values: Values) -> tuple[str, Any]:
        """The path with its query, and the body."""
        pairs = [
            (name, str(_filled(value, values)))
            for name, value in self.query
            if not (_CURSOR in value and not values["cursor"])
        ]
        query = f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""
        # A colon in the first part of a path would be read as the end of a scheme.
        return f"./{quote(str(_filled(unquote(self.path), values)), safe='/:@,*')}{query}", _tree(self.body, values)


def _filled(text: str, values: Values) -> str | int:
    """A text that is a variable alone becomes its value, which may be a number."""
    found = _VARIABLE.fullmatch(text)
    if found is not None:
        return values[found[1]]
    return _VARIABLE.sub(lambda match: str(values[match[1]]), text)


def _tree(tree: Any, values: Values) -> Any:
    if isinstance(tree, str):
        return _filled(tree, values)
    if isinstance(tree, list):
        return [_tree(each, values) for each in tree]
    if isinstance(tree, dict):
        return {
            name: _tree(each, values)
            for name, each in tree.items()
            if not (isinstance(each, str) and _CURSOR in each and not values["cursor"])
        }
    return tree
