"""The layout is law: modules and tests mirror each other, files stay small, and the package never imports its tests."""

import ast
from pathlib import Path

TOP_LEVEL = {
    "triage_app", "resources", "models", "tests", "docs",
    "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "run",
}  # fmt: skip
OUTSIDE = {"bench", "cases", "contracts", "fakes", "screens"}
"""Folders of tests that mirror nothing."""
UNMIRRORED = {
    "test_conftest.py",
    "test_docs.py",
    "test_hostile_mail.py",
    "test_imap_faults.py",
    "test_layout.py",
    "test_network.py",
    "test_parity.py",
    "test_real_data.py",
    "test_run.py",
    "test_secrets_nowhere.py",
    "test_servers.py",
    "test_soak.py",
    "test_twins.py",
    "test_two_desks.py",
    "test_xsoar.py",
}
"""Tests of the project as a whole."""
DECLARATIONS = {
    f"services/{name}.py"
    for name in (
        "commands",
        "dedup_queries",
        "dedup_shapes",
        "feeds",
        "handlers",
        "learning_commands",
        "learning_queries",
        "learning_repositories",
        "learning_shapes",
        "mail_commands",
        "mail_queries",
        "outgoing",
        "ports",
        "push_commands",
        "queries",
        "repositories",
        "result",
        "search_commands",
        "search_queries",
        "search_repositories",
        "search_shapes",
        "shapes",
        "source_commands",
        "source_queries",
        "token_commands",
        "token_queries",
    )
}
"""Modules that only declare; what they declare is tested by the parity tests and wherever it is used."""
MAX_LINES = 600


def modules(project: Path) -> set[str]:
    """Modules with code of their own, as paths below the package; migrations are run by the storage's tests."""
    package = project / "triage_app"
    found = set()
    for path in package.rglob("*.py"):
        relative = path.relative_to(package)
        if "migrations" not in relative.parts and path.name != "__init__.py":
            found.add(str(relative))
    return found


def mirrored(project: Path) -> set[str]:
    """What the tests claim to mirror, as paths below the package."""
    tests = project / "tests"
    found = set()
    for path in tests.rglob("test_*.py"):
        relative = path.relative_to(tests)
        if relative.parts[0] not in OUTSIDE and path.name not in UNMIRRORED:
            found.add(str(relative.with_name(path.name.removeprefix("test_"))))
    return found


def test_every_module_has_its_test(project: Path) -> None:
    tested = mirrored(project) | {"__main__.py"} | DECLARATIONS
    assert sorted(modules(project) - tested) == []


def test_every_test_has_its_module(project: Path) -> None:
    known = modules(project)
    assert sorted(each for each in mirrored(project) if each not in known and each != "main.py") == []


def test_the_top_level_holds_what_is_named_and_no_more(project: Path) -> None:
    ignored = {"dist", "build"}
    found = {path.name for path in project.iterdir() if not path.name.startswith(".")} - ignored
    assert found == TOP_LEVEL


def test_no_file_is_too_long_to_read(project: Path) -> None:
    lengths = {
        str(path.relative_to(project)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("triage_app", "tests")
        for path in (project / folder).rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_the_package_never_imports_its_tests(project: Path) -> None:
    for path in (project / "triage_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "tests" for name in names), path
