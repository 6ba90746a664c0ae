"""What answers of the API have shown, for requests that are to name what exists."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

PARAMETER: Final = re.compile(r"{(\w+)}")
KEPT_EACH: Final = 20
"""Of things of one kind, the newest."""

Object = Mapping[str, Any]
Sighting = Mapping[str, list[str]]


class Seen:
    """Ids by the names that paths and bodies call them, and whole objects to send back.

    Ids that were seen together are drawn together: a question with its assessment, for example.
    """

    def __init__(self, paths: Iterable[str], *, hidden: Collection[tuple[str, str]]) -> None:
        """`hidden` are names and ids that are never drawn; the caller may go on adding to them."""
        known = list(paths)
        self._hidden = hidden
        self._member_id = dict(_ids_of_members(known))
        self._addresses = [re.compile(PARAMETER.sub(r"(?P<\1>[^/]+)", path)) for path in known]
        self._ids: dict[frozenset[str], list[Sighting]] = {}
        self._objects: dict[frozenset[str], list[tuple[Object, frozenset[str]]]] = {}

    def learn(self, path: str, parameters: Mapping[str, Any], answer: object) -> None:
        """Note what is in an answer; `path` is as documented, with its parameters in braces."""
        found: dict[str, list[str]] = {name: [str(value)] for name, value in parameters.items()}
        for name, value in _ids(answer, self._member_id.get(path, "id"), self._addresses):
            found.setdefault(name, []).append(value)
        shown = {name: list(dict.fromkeys(values)) for name, values in found.items()}
        _keep(self._ids, frozenset(shown), shown)
        for thing, around in _objects(answer, frozenset()):
            _keep(self._objects, frozenset(thing), (thing, around))

    def draw(
        self, names: Collection[str], random: Random, *, near: Collection[str] = ()
    ) -> dict[str, str]:
        """Return values for as many of the names as there are together, beside those of `near`."""
        together = [
            shown
            for sightings in self._ids.values()
            for sighting in sightings
            if (shown := self._visible(sighting, names))
        ]
        if not together:
            return {}
        beside = [s for s in together if any(v in near for values in s.values() for v in values)]
        together = beside or together
        most = max(len(shown.keys() & names) for shown in together)
        shown = random.choice([s for s in together if len(s.keys() & names) == most])
        return {name: random.choice(shown[name]) for name in sorted(shown.keys() & names)}

    def _visible(self, sighting: Sighting, names: Collection[str]) -> Sighting | None:
        shown = {
            name: [value for value in values if (name, value) not in self._hidden]
            for name, values in sighting.items()
        }
        shown = {name: values for name, values in shown.items() if values}
        return shown if shown.keys() & names else None

    def like(
        self, schema: Object, random: Random, *, near: Collection[str]
    ) -> dict[str, Any] | None:
        """Return an object that was seen, cut to the schema, with all that it requires."""
        properties, required = schema.get("properties", {}), frozenset(schema.get("required", ()))
        found = [
            (thing, around)
            for kind, things in self._objects.items()
            if required and required <= kind
            for thing, around in things
        ]
        beside = [(thing, around) for thing, around in found if not around.isdisjoint(near)]
        if not found:
            return None
        thing, _ = random.choice(beside or found)
        return {name: value for name, value in thing.items() if name in properties}


def _keep(shelf: dict[frozenset[str], list[Any]], kind: frozenset[str], thing: object) -> None:
    kept = shelf.setdefault(kind, [])
    if thing not in kept:
        kept.append(thing)
        del kept[:-KEPT_EACH]


def _ids_of_members(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the path of each collection, and what the path of a member calls its id."""
    for path in paths:
        parts = path.split("/")
        for place, part in enumerate(parts):
            if match := PARAMETER.fullmatch(part):
                yield "/".join(parts[:place]), match[1]


def _ids(
    answer: object, own: str, addresses: Sequence[re.Pattern[str]]
) -> Iterator[tuple[str, str]]:
    """Yield names and values; `own` is what a mere `id` is called at this place."""
    if isinstance(answer, list):
        for item in answer:
            yield from _ids(item, own, addresses)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            if not isinstance(value, str):
                below = own if key == "items" else f"{_singular(key)}Id"
                yield from _ids(value, below, addresses)
            elif key == "id":
                yield own, value
            elif key.endswith("Id") or key == "refreshToken":
                yield key, value
            elif key.lower().endswith("url"):
                matches = (address.fullmatch(value) for address in addresses)
                yield from (
                    pair for match in matches if match for pair in match.groupdict().items()
                )


def _objects(answer: object, around: frozenset[str]) -> Iterator[tuple[Object, frozenset[str]]]:
    """Yield each with the texts that stand in it and above it, ids among them."""
    if isinstance(answer, list):
        for item in answer:
            yield from _objects(item, around)
    elif isinstance(answer, dict):
        texts = around | {value for value in answer.values() if isinstance(value, str)}
        yield answer, texts
        for value in answer.values():
            yield from _objects(value, texts)


def _singular(name: str) -> str:
    return re.sub("s$", "", re.sub("ies$", "y", name))
