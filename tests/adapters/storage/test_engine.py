import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from tests.adapters.storage.samples import NOW, add_tickets, raw_item
from triage_app.adapters.storage import engine as module
from triage_app.adapters.storage.engine import open_storage
from triage_app.domain.errors import InvalidInput, StorageFailed


def test_the_program_knows_all_revisions_and_the_newest() -> None:
    folder = ScriptDirectory(str(Path(module.__file__).with_name("migrations")))
    assert folder.get_heads() == [module.HEAD]
    assert {each.revision for each in folder.walk_revisions()} == module.REVISIONS


def test_a_database_keeps_what_it_holds(url: str) -> None:
    first = open_storage(url)
    add_tickets(first, 2)
    first.close()
    again = open_storage(url)
    with again.read() as uow:
        assert uow.tickets.view_counts("ana")["all"] == 2
    again.close()


def test_a_newer_schema_is_refused_with_a_sentence(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StorageFailed, match="newer version"):
        open_storage(url)


def test_several_that_open_a_new_workspace_at_once_make_it_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/triage.db"
    code = (
        "import sys; from triage_app.adapters.storage.engine import open_storage; "
        "s = open_storage(sys.argv[1]); c = s.read(); u = c.__enter__(); print(len(u.ledger.balance()))"
    )
    with ThreadPoolExecutor(3) as pool:
        runs = list(
            pool.map(
                lambda _: subprocess.run(
                    [sys.executable, "-c", code, url], capture_output=True, text=True, check=False
                ),
                range(3),
            )
        )
    assert [(run.returncode, run.stdout) for run in runs] == [(0, "0\n")] * 3, [run.stderr for run in runs]


def test_alembic_is_not_loaded_for_a_workspace_that_is_up_to_date(url: str) -> None:
    code = (
        "import sys; from triage_app.adapters.storage.engine import open_storage; "
        "open_storage(sys.argv[1]).close(); print('alembic' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_what_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        open_storage("not a url")
    with pytest.raises(StorageFailed, match="cannot be opened"):
        open_storage(f"sqlite:///{tmp_path}/missing/triage.db")
    (tmp_path / "text.db").write_bytes(b"this is no database at all" * 1_000)
    with pytest.raises(StorageFailed, match="damaged or no database"):
        open_storage(f"sqlite:///{tmp_path}/text.db")
    with pytest.raises(StorageFailed, match="does not answer"):
        open_storage(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path}/triage.db")
    add_tickets(storage, 5)

    def outgrow() -> None:
        with storage.write() as uow:
            # SQLite's own limit on pages gives the error of a full disk.
            pages = uow.transaction.connection.execute(text("PRAGMA page_count")).scalar_one()
            uow.transaction.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            uow.ledger.add([raw_item(os.urandom(200_000))], NOW)

    with pytest.raises(StorageFailed, match="full"):
        outgrow()
    with storage.read() as uow:
        assert uow.ledger.balance()[0].ticketed == 5
    storage.close()
