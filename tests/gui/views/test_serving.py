import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.api import serving_desk
from tests.gui.desks import settings_in
from triage_app.domain.errors import StorageFailed
from triage_app.gui.application import OpenedDesk
from triage_app.gui.screens import settle
from triage_app.gui.views.serving import ServingPanel
from triage_app.services.app import App


@pytest.fixture
def opened(empty: App, tmp_path: Path, qtbot: QtBot) -> Iterator[OpenedDesk]:
    """A desk at its API screen."""
    with serving_desk(empty, tmp_path) as found:
        yield found


def panel_of(opened: OpenedDesk) -> ServingPanel:
    assert opened.window.api.serving is not None
    return opened.window.api.serving


def test_a_port_that_is_taken_is_said_at_the_port(opened: OpenedDesk) -> None:
    panel = panel_of(opened)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        panel.port.put(str(port))
        panel.switch.click()
        settle(opened)
    assert panel.port.problem.text().startswith(f"127.0.0.1 port {port} cannot be listened on")
    assert "Choose another port" in panel.port.problem.text()
    assert (panel.host.problem.text(), panel.problem.text()) == ("", "")
    # when it is free again, then that is forgotten
    panel.switch.click()
    settle(opened)
    assert panel.address.text == f"http://127.0.0.1:{port}"
    assert panel.port.problem.text() == ""


def test_an_address_of_another_machine_is_said_at_the_host(opened: OpenedDesk) -> None:
    panel = panel_of(opened)
    panel.host.put("192.0.2.1")
    panel.switch.click()
    settle(opened)
    assert panel.host.problem.text().startswith("192.0.2.1 is no address of this machine.")
    assert panel.switch.isEnabled()


@pytest.mark.parametrize(("host", "port"), [("", "8484"), ("127.0.0.1", "65536"), ("127.0.0.1", "http")])
def test_what_is_no_host_or_port_is_not_even_tried(opened: OpenedDesk, host: str, port: str) -> None:
    panel = panel_of(opened)
    panel.host.put(host)
    panel.port.put(port)
    panel.switch.click()
    assert panel.switch.isEnabled()
    assert bool(panel.host.problem.text()) is (host == "")
    assert bool(panel.port.problem.text()) is (host != "")


def test_any_other_trouble_is_said_below(opened: OpenedDesk) -> None:
    panel = panel_of(opened)
    panel._failed(StorageFailed("The certificate cannot be kept. Make room."))
    assert panel.problem.text() == "The certificate cannot be kept. Make room."


def test_beyond_this_machine_the_fingerprint_is_there_to_be_compared(opened: OpenedDesk, tmp_path: Path) -> None:
    panel = panel_of(opened)
    panel.host.put("0.0.0.0")
    panel.switch.click()
    settle(opened)
    assert opened.desk.server is not None
    assert panel.address.text.startswith("https://0.0.0.0:")
    assert len(panel.fingerprint.text) == 95
    assert panel.fingerprint.text == opened.desk.server.fingerprint
    assert panel.sentence == "Served over TLS 1.3"
    # and where it was served is what is offered next time
    assert settings_in(tmp_path).value("api/host") == "0.0.0.0"
    panel.switch.click()
    settle(opened)
    assert panel.address.text == panel.fingerprint.text == ""
    assert panel.host.value == "0.0.0.0"
