from __future__ import annotations

import smtplib

from sqlalchemy import create_engine, text

from tests.dovecot import PASSWORD, DovecotServer
from tests.servers import PostgresServer, find_program
from tests.smtpd import SmtpServer


def _ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement)).scalar()
    finally:
        engine.dispose()


def _tell(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_database_of_a_test_is_real_utf8_and_in_utc(postgres_url: str) -> None:
    # given a fresh database
    # when it is asked what it is
    # then it is a server of the encoding and zone that the program relies on
    assert int(str(_ask(postgres_url, "SHOW server_version_num"))) >= 13_00_00
    assert _ask(postgres_url, "SHOW server_encoding") == "UTF8"
    assert _ask(postgres_url, "SHOW timezone") == "UTC"


def test_server_listens_on_no_port(postgres_url: str) -> None:
    assert _ask(postgres_url, "SHOW listen_addresses") == ""


def test_each_database_stands_alone(postgres_server: PostgresServer, postgres_url: str) -> None:
    # given a table in one database
    _tell(postgres_url, "CREATE TABLE mark (id int)")
    other = postgres_server.create_database()
    # when another one is looked at
    tables = _ask(postgres_server.url(other), "SELECT count(*) FROM pg_tables WHERE tablename = 'mark'")
    postgres_server.drop_database(other)
    # then nothing is there
    assert tables == 0


def test_database_can_be_copied_from_one_that_is_ready(postgres_server: PostgresServer) -> None:
    # given a database with a table
    ready = postgres_server.create_database()
    _tell(postgres_server.url(ready), "CREATE TABLE mark (id int)")
    # when one is made from it
    copy = postgres_server.create_database(template=ready)
    tables = _ask(postgres_server.url(copy), "SELECT count(*) FROM pg_tables WHERE tablename = 'mark'")
    postgres_server.drop_database(copy)
    postgres_server.drop_database(ready)
    # then it has the table
    assert tables == 1


def test_dropping_ends_a_connection_that_was_left_open(postgres_server: PostgresServer) -> None:
    # given an open connection
    name = postgres_server.create_database()
    engine = create_engine(postgres_server.url(name))
    left_open = engine.connect()
    # when its database is dropped
    postgres_server.drop_database(name)
    # then the database is gone
    left_open.invalidate()
    left_open.close()
    engine.dispose()
    names = f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    assert _ask(postgres_server.url("postgres"), names) == 0


def test_unknown_program_is_not_found() -> None:
    assert find_program("no-such-program-of-any-kind") is None


def test_installed_program_is_found() -> None:
    assert find_program("sh") is not None


def test_mail_that_is_delivered_is_there_in_every_folder_and_for_its_user_only(dovecot: DovecotServer) -> None:
    # given mails for two users
    dovecot.deliver("delivered", b"Subject: one\n\n", b"Subject: two\n\n")
    dovecot.deliver("delivered", b"Subject: three\n\n", folder="Reports")
    dovecot.deliver("somebody", b"Subject: four\n\n")
    # when one of them looks
    with dovecot.client("delivered") as client:
        counts = {name: client.folder_status(name)[b"MESSAGES"] for _flags, _by, name in client.list_folders()}
    # then theirs are there
    assert counts == {"INBOX": 2, "Reports": 1}


def test_a_mail_server_numbers_a_folder_anew(dovecot: DovecotServer) -> None:
    # given a folder with two mails
    dovecot.deliver("renumbered", b"Subject: one\n\n", b"Subject: two\n\n")
    with dovecot.client("renumbered") as client:
        before = client.folder_status("INBOX")
    # when its numbers are forgotten
    dovecot.forget_uids("renumbered")
    # then the mails are the same, and the validity of numbers is another
    with dovecot.client("renumbered") as client:
        after = client.folder_status("INBOX")
    assert after[b"MESSAGES"] == before[b"MESSAGES"] == 2
    assert after[b"UIDVALIDITY"] != before[b"UIDVALIDITY"]


def test_a_mail_server_comes_back_with_its_mail(dovecot: DovecotServer) -> None:
    dovecot.deliver("kept", b"Subject: one\n\n")
    dovecot.stop()
    dovecot.start()
    with dovecot.client("kept") as client:
        assert client.folder_status("INBOX")[b"MESSAGES"] == 1


def test_mail_that_is_handed_in_lies_in_the_box_of_whom_it_was_for(smtpd: SmtpServer) -> None:
    # given a mail to two people
    with smtplib.SMTP("127.0.0.1", smtpd.plain_port, timeout=30) as client:
        client.login("handing", PASSWORD)
        # when it is handed in
        client.sendmail("handing@a.example", ["one@a.example", "Two@b.example"], b"Subject: five\r\n\r\n.\r\n")
    # then both have it
    for user in ("one", "two"):
        (mail,) = smtpd.arrived(user)
        assert b"Subject: five\r\n" in mail
        assert mail.endswith(b"\r\n\r\n.\r\n")


def test_an_smtp_server_can_stop_and_go_on(smtpd: SmtpServer) -> None:
    smtpd.stop()
    smtpd.start()
    with smtplib.SMTP("127.0.0.1", smtpd.plain_port, timeout=30) as client:
        client.login("handing", PASSWORD)
        client.sendmail("handing@a.example", ["again@a.example"], b"Subject: six\r\n\r\n")
    assert len(smtpd.arrived("again")) == 1
