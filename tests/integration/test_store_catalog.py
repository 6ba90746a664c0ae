"""The catalog as administrators keep it, on every store."""

from dataclasses import replace

import pytest

from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
    Origin,
    Remark,
)
from shared.domain.errors import NotFoundError, SlugTakenError
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.user import UserId
from shared.ports.store import Change, Store
from tests.builders import NOON, TRACK, a_credential, an_id

ADMIN = UserId(an_id())
REMARK = Remark(check="outcome-verb", pointer="/outcomes/0", message="No verb.")
EVERYTHING = CredentialSelection()


def an_entry(
    credential: Credential | None = None,
    *,
    version: int = 1,
    active: bool = True,
    origin: Origin = Origin.ADMIN,
) -> CatalogEntry:
    return CatalogEntry(
        credential=credential or a_credential(),
        version=version,
        active=active,
        origin=origin,
        content_hash=f"hash {version}",
    )


def save(store: Store, *entries: CatalogEntry) -> None:
    with store.begin() as repositories:
        repositories.catalog.lock()
        for entry in entries:
            repositories.catalog.save(entry, remarks=[REMARK], changed_by=ADMIN, at=NOON)


def listed(store: Store, selection: CredentialSelection = EVERYTHING) -> list[str]:
    with store.begin() as repositories:
        page = repositories.catalog.page(selection, limit=9, after=None)
    return [entry.credential.slug for entry in page.items]


def seed(store: Store, credential: Credential, *, content_hash: str = "seed") -> Change:
    with store.begin() as repositories:
        return repositories.credentials.put(credential, content_hash=content_hash)


def test_an_entry_comes_back_equal_with_its_history(store: Store) -> None:
    first = an_entry(replace(a_credential(hours=None, effort="a week"), source="a page"))
    second = replace(
        first, credential=replace(first.credential, title="New"), version=2, active=False
    )
    save(store, first, second)

    with store.begin() as repositories:
        catalog, credential_id = repositories.catalog, first.credential.id
        assert catalog.get(credential_id) == second
        assert catalog.version(credential_id, 1).entry == first
        assert catalog.versions(credential_id) == tuple(
            CredentialVersion(entry=entry, remarks=(REMARK,), changed_by=ADMIN, changed_at=NOON)
            for entry in (second, first)
        )
        assert repositories.credentials.get_many([credential_id]) == (second.credential,)


def test_those_that_exist_are_found_by_slug(store: Store) -> None:
    here = an_entry(a_credential(slug="b"))
    gone = an_entry(a_credential(slug="a"), active=False)
    save(store, here, gone, an_entry(a_credential(slug="c")))

    with store.begin() as repositories:
        assert repositories.catalog.find(["b", "nobody", "a\0", "a", "b"]) == (gone, here)
        assert repositories.catalog.find([]) == ()


def test_nobody_signs_what_the_operator_changes(store: Store) -> None:
    entry = an_entry()
    with store.begin() as repositories:
        repositories.catalog.save(entry, remarks=[], changed_by=None, at=NOON)
        (version,) = repositories.catalog.versions(entry.credential.id)

    assert version.changed_by is None


@pytest.mark.parametrize("unknown", [an_id(), "nonsense", "a\0b"])
def test_what_does_not_exist_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories:
        catalog, credential_id = repositories.catalog, CredentialId(unknown)
        for read in (
            lambda: catalog.get(credential_id),
            lambda: catalog.versions(credential_id),
            lambda: catalog.version(credential_id, 1),
        ):
            with pytest.raises(NotFoundError):
                read()
        assert not catalog.has(unknown)


def test_there_is_no_version_beyond_the_last(store: Store) -> None:
    entry = an_entry()
    save(store, entry)

    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.catalog.version(entry.credential.id, 2)


def test_a_slug_is_taken_once_and_by_inactive_ones_too(store: Store) -> None:
    save(store, an_entry(a_credential(slug="taken"), active=False))

    with pytest.raises(SlugTakenError):
        save(store, an_entry(a_credential(slug="taken")))
    with store.begin() as repositories:
        assert repositories.catalog.has("taken")
        assert not repositories.catalog.has("free")


def test_pages_go_by_slug_to_the_end(store: Store) -> None:
    save(store, *(an_entry(a_credential(slug=slug)) for slug in ("b-1", "a.2", "b", "a-10")))

    seen, after = list[str](), None
    for _ in range(2):
        with store.begin() as repositories:
            page = repositories.catalog.page(EVERYTHING, limit=2, after=after)
        seen += [entry.credential.slug for entry in page.items]
        after = page.next_cursor

    assert seen == sorted(["b-1", "a.2", "b", "a-10"])
    assert after is None


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (EVERYTHING, ["one", "two"]),
        (CredentialSelection(track_id=TRACK), ["one"]),
        (CredentialSelection(track_id="other"), ["two"]),
        (CredentialSelection(level=Level.ADVANCED), ["two"]),
        (CredentialSelection(provider="Somebody"), ["one"]),
        (CredentialSelection(provider="Some"), []),
        (CredentialSelection(active=True), ["one"]),
        (CredentialSelection(active=False), ["two"]),
        (CredentialSelection(text="KAFKA"), ["two"]),
        (CredentialSelection(text="body"), ["one"]),
        (CredentialSelection(text="%"), []),
        (CredentialSelection(text="_"), []),
        (CredentialSelection(text="a\0b"), []),
        (CredentialSelection(track_id="\ud800"), []),
        (CredentialSelection(active=True, level=Level.ADVANCED), []),
    ],
)
def test_a_selection_keeps_to_all_that_it_names(
    store: Store, selection: CredentialSelection, found: list[str]
) -> None:
    one = a_credential(slug="one", provider="Somebody")
    two = a_credential(slug="two", title="Kafka", tracks=("other",), level=Level.ADVANCED)
    save(store, an_entry(one), an_entry(two, active=False))

    assert listed(store, selection) == found


def test_only_active_credentials_count_as_such(store: Store) -> None:
    there, gone = a_credential(slug="there"), a_credential(slug="gone")
    save(store, an_entry(there), an_entry(gone, active=False))

    with store.begin() as repositories:
        assert repositories.catalog.active() == (there,)


def test_seeds_have_versions_of_their_own(store: Store) -> None:
    credential = a_credential()
    assert seed(store, credential, content_hash="a") is Change.ADDED
    assert seed(store, credential, content_hash="a") is Change.UNCHANGED
    assert seed(store, credential, content_hash="b") is Change.UPDATED
    with store.begin() as repositories:
        assert repositories.credentials.deactivate_all_but([]) == 1
        versions = repositories.catalog.versions(credential.id)

    assert [(v.entry.version, v.entry.content_hash, v.entry.active) for v in versions] == [
        (3, "b", False),
        (2, "b", True),
        (1, "a", True),
    ]
    assert {v.entry.origin for v in versions} == {Origin.SEEDS}
    assert {v.changed_by for v in versions} == {None}
    assert all(v.changed_at.tzinfo for v in versions)


@pytest.mark.parametrize("active", [True, False])
def test_seeds_leave_the_work_of_administrators_alone(store: Store, *, active: bool) -> None:
    credential = a_credential(slug="edited")
    seed(store, credential)
    edited = an_entry(replace(credential, title="Better"), version=2, active=active)
    save(store, edited)

    assert seed(store, a_credential(slug="edited"), content_hash="newer") is Change.KEPT
    with store.begin() as repositories:
        assert repositories.credentials.deactivate_all_but([]) == 0
        assert repositories.catalog.get(credential.id) == edited


def test_a_seed_that_says_what_an_administrator_says_changes_nothing(store: Store) -> None:
    credential = a_credential()
    save(store, an_entry(credential))

    assert seed(store, credential, content_hash="hash 1") is Change.UNCHANGED


def test_what_is_given_back_to_the_seeds_follows_them_again(store: Store) -> None:
    credential = a_credential()
    save(store, an_entry(credential), an_entry(credential, version=2, origin=Origin.SEEDS))

    assert seed(store, credential, content_hash="newer") is Change.UPDATED
