"""Files that verbs are tried on."""

from pathlib import Path


def verb_files(folder: Path) -> dict[str, str]:
    """Make them in a folder; returns where each is, by what it holds."""
    texts = {
        "text": "Please verify your account at hxxp://login[.]example",
        "alert": '{"time": "2026-01-01T00:00:00Z", "name": "Port scan", "host": "web-1"}',
        "mail": "From: a@example.org\nTo: soc@example.org\nSubject: A case\n\nLook at this.\n",
        "rules": "rules:\n- name: resend\n  when: {rule.name|exists: true}\n  key: rule.name\n  window: forever\n"
        "  level: link\n",
        "labels": "".join(
            f'{{"label": "{label}", "text": "{text} {number}"}}\n'
            for number in range(40)
            for label, text in (("Phishing", "verify your account"), ("DeviceLost", "lost my laptop in the bus"))
        ),
    }
    texts["keywords"] = "labels:\n  Phishing:\n    - {text: verify*, weight: 2}\n"
    for name, text in texts.items():
        (folder / f"{name}.{'eml' if name == 'mail' else 'jsonl'}").write_text(text)
    found = {name: str(next(folder.glob(f"{name}.*"))) for name in texts}

    return found | {"post": '{"name":"scan","time":"2026-01-01T00:00:00Z"}'}
