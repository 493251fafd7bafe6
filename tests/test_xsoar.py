"""The integration for Cortex XSOAR against the running API, in a stand-in for its host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.fakes.xsoar import CommandResults, Host
from tests.rest.servers import Client, serving
from triage_app.services.app import App
from triage_app.services.queries import ClassifyText

PHISHING = "Your mailbox is locked. Verify your account within 24 hours: click here to confirm your password."


@pytest.fixture
def api(demo: App) -> Iterator[Client]:
    with serving(demo) as found:
        yield found


@pytest.fixture
def folder(project: Path) -> Path:
    return project / "resources" / "integrations" / "xsoar"


def host(folder: Path, api: Client, token: str = "", **params: object) -> Host:
    secret = token or api.tokens["read"]
    url = api.base.removesuffix("/api/v1")
    return Host(folder / "Triage.py", {"url": url + "/", "credentials": {"password": secret}, **params})


def test_the_two_best_labels_come_with_their_confidences(folder: Path, api: Client, demo: App) -> None:
    found = host(folder, api).run("ft-analyse", text=PHISHING)
    expected = demo.ask(ClassifyText(text=PHISHING))
    labels, confidences = found.context["fasttext.classification"], found.context["fasttext.confidence"]
    assert len(set(labels)) == 2
    assert (labels[0], confidences[0]) == (expected.label, pytest.approx(expected.confidence))
    assert labels[1] == next(each.label for each in expected.alternatives if each.label != expected.label)
    assert all(0 <= each <= 1 for each in confidences)
    assert found.context["fasttext.tier"] == [expected.tier, "other"]


def test_what_it_returns_is_what_its_description_names(folder: Path, api: Client) -> None:
    described = YAML(typ="safe").load(folder / "Triage.yml")
    (command,) = described["script"]["commands"]
    found = host(folder, api).run(command["name"], text=PHISHING)
    assert {each["contextPath"] for each in command["outputs"]} == set(found.context)
    (result,) = found.results
    assert isinstance(result, CommandResults)
    assert str(found.context["fasttext.classification"][0]) in result.readable_output
    assert {each["name"] for each in described["configuration"]} == {
        "url", "credentials", "dataset", "insecure", "proxy",
    }  # fmt: skip


def test_an_instance_is_tested_with_its_token_and_dataset(folder: Path, api: Client) -> None:
    assert host(folder, api).run("test-module").results == ["ok"]
    refused = host(folder, api, token="triage_" + "x" * 43).run("test-module")
    assert (refused.results, "401" in refused.error) == ([], True)
    unknown = host(folder, api, dataset="colours").run("test-module")
    assert "There is no dataset 'colours'" in unknown.error


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_refused_before_it_is_sent(folder: Path, api: Client, text: str) -> None:
    assert "no text to classify" in host(folder, api).run("ft-analyse", text=text).error


def test_a_command_that_it_does_not_have_is_told(folder: Path, api: Client) -> None:
    assert "There is no command ft-dance" in host(folder, api).run("ft-dance").error
