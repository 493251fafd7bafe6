from triage_app.adapters.storage.met import digest_of, met
from triage_app.adapters.storage.search_tables import traits
from triage_app.adapters.storage.traits import trait_digest
from triage_app.adapters.storage.transaction import KnownIds
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.pattern import Trait, TraitKind

RULE, HOST, USER = (Trait(kind, "a") for kind in (TraitKind.RULE, TraitKind.HOST, TraitKind.USER))


def test_digests_tell_apart_what_is_stored() -> None:
    assert digest_of("rule", "a") == digest_of("rule", "a")
    assert len({digest_of("rule", "a"), digest_of("host", "a"), digest_of("rule", "b"), digest_of("rulea", "")}) == 4
    assert len(digest_of("rule", "a" * 10_000)) == 20


def test_what_was_met_before_is_stored_once_and_told(storage: SqlStorage) -> None:
    def meet(uow: SqlUnitOfWork, known: KnownIds, *wanted: Trait) -> tuple[dict[Trait, int], set[Trait]]:
        found = met(
            uow.transaction, traits, known.traits, wanted, trait_digest,
            lambda number, digest, each: (number, digest, each.kind.value, each.value, 1),
        )  # fmt: skip
        return dict(found.ids), set(found.before)

    with storage.write() as uow:
        first, before = meet(uow, uow.transaction.writer, RULE, HOST, RULE)
        assert (set(first), before) == ({RULE, HOST}, set())
        again, before = meet(uow, uow.transaction.writer, HOST, USER)
        assert (again[HOST], before) == (first[HOST], {HOST})
    # another process, which remembers nothing, finds the same
    with storage.write() as uow:
        found, before = meet(uow, KnownIds(), RULE, HOST, USER)
        assert (found, before) == (first | again, {RULE, HOST, USER})
        assert meet(uow, KnownIds()) == ({}, set())
