import demistomock as demisto
from CommonServerPython import *

BEST = 2
PREFIX = "fasttext"


class Client(BaseClient):
    """The local API of a Triage workspace."""

    def classify(self, text: str, dataset: str) -> dict:
        """What the workspace says of a text: label, confidence (0..1), tier, best and alternatives."""
        return self._http_request("POST", "/queries/classify", json_data={"text": text, "dataset": dataset})


def best_labels(answer: dict) -> list:
    """The answer and the next best labels, as rows of classification, confidence and tier; at most two.

    Confidences above 1 do not come; a label comes once.
    """
    rows = [
        {"classification": answer["label"], "confidence": answer["confidence"], "tier": answer["tier"]},
    ]
    others = ([answer["best"]] if answer.get("best") else []) + answer["alternatives"]
    for other in others:
        if len(rows) < BEST and all(row["classification"] != other["label"] for row in rows):
            rows.append({"classification": other["label"], "confidence": other["confidence"], "tier": "other"})
    return rows


def analyse_command(client: Client, args: dict, dataset: str) -> CommandResults:
    """ft-analyse: the two best labels of a text."""
    text = (args.get("text") or "").strip()
    if not text:
        raise ValueError("There is no text to classify. Give it as text=...")
    name = args.get("dataset") or dataset
    answer = client.classify(text, name)
    rows = best_labels(answer)
    title = f"{name}: {rows[0]['classification']}"
    return CommandResults(
        outputs_prefix=PREFIX,
        outputs_key_field="classification",
        outputs=rows,
        raw_response=answer,
        readable_output=tableToMarkdown(title, rows, headers=["classification", "confidence", "tier"]),
    )


def check_command(client: Client, dataset: str) -> str:
    """test-module: `ok` where address, token and dataset are right; raises with the reason otherwise."""
    client.classify("Is anybody there?", dataset)
    return "ok"


def main() -> None:
    """Carries out the command that was called."""
    params = demisto.params()
    token = (params.get("credentials") or {}).get("password", "")
    dataset = params.get("dataset") or "category"
    client = Client(
        base_url=params["url"].rstrip("/") + "/api/v1",
        verify=not params.get("insecure", False),
        proxy=params.get("proxy", False),
        headers={"Authorization": f"Bearer {token}"},
    )
    command = demisto.command()
    try:
        if command == "test-module":
            return_results(check_command(client, dataset))
        elif command == "ft-analyse":
            return_results(analyse_command(client, demisto.args(), dataset))
        else:
            raise NotImplementedError(f"There is no command {command}.")
    except Exception as error:
        return_error(f"{command} failed: {error}")


if __name__ in ("__main__", "__builtin__", "builtins"):
    main()
