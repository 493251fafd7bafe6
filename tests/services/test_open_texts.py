from pathlib import Path

import pytest

from tests.fakes.workbench import workbench
from triage_app.adapters.rules.mapping_files import MappingFiles
from triage_app.domain.errors import Cancelled
from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId
from triage_app.services.context import CancelToken
from triage_app.services.open_texts import read_texts, texts_of

CATEGORY = Dataset("category", "Category", ("a", "b"), "a")
ONE, TWO = TicketId(1), TicketId(2)


def test_texts_are_read_from_items_once_and_in_the_order_asked_for(tmp_path: Path) -> None:
    with workbench() as bench:
        assert isinstance(bench.ports.mappings, MappingFiles)
        bench.intake_mail(b"Subject: One\n\nThe first.\n", b"Subject: Two\n\n" + b"word " * 1_500)
        token = CancelToken()
        with bench.storage.read() as uow:
            found = texts_of(uow, bench.ports, (TWO, TicketId(9), ONE), CATEGORY, token)
            assert list(found) == [TWO, ONE]
            assert found[ONE] == "one the first"
            # the memory has the beginning, the item the whole
            whole = dict(read_texts(uow, bench.ports, (TWO,), CATEGORY, token))
            assert whole[TWO].startswith(found[TWO])
            assert len(whole[TWO]) > len(found[TWO])
            # what is known needs no item any more
            token.cancel()
            assert texts_of(uow, bench.ports, (ONE, TWO), CATEGORY, token) == found
            with pytest.raises(Cancelled):
                dict(read_texts(uow, bench.ports, (ONE,), CATEGORY, token))
