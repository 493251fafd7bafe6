"""Whether what belongs together is found: duplicate reports among the first ten, mails of one thread first.

    sh run bench alike

Imports all 2,503 issue reports, and 2,500 mails of mailing lists without the headers by which they would be joined, and
asks for what is similar to each, through the running application. Beside it the classic way on the same texts:
TF-IDF and cosine with scikit-learn, over all of them. Needs the sample data (`TRIAGE_DATA`).
"""

import csv
import gzip
import json
import os
import re
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from triage_app import bootstrap
from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import ListTicketIds
from triage_app.services.search_queries import GetSimilar

DATA = Path(os.environ.get("TRIAGE_DATA", "../shared/data"))
FIRST = 10
PAIRS_LIMIT, THREADS_LIMIT = 0.80, 0.90
CLASSIC: Mapping[str, Mapping[str, object]] = {
    "TF-IDF, English stop words, 2 or more, at most half": {"stop_words": "english", "min_df": 2, "max_df": 0.5},
    "TF-IDF, as it comes": {},
    "TF-IDF, sublinear": {"sublinear_tf": True},
}
_JOINING = re.compile(rb"^(?:message-id|references|in-reply-to|thread-[a-z]+):[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)
NO_RULES = "rules: []\n"


def main() -> int:
    """Both parts; 1 where a limit is not kept."""
    if not (DATA / "dups").is_dir():
        print(f"There is no sample data in {DATA}: set TRIAGE_DATA.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        kept = reports(Path(scratch) / "reports")
        return 0 if threads(Path(scratch) / "threads") and kept else 1


def reports(folder: Path) -> bool:
    """Issue reports with pairs that people called duplicates."""
    with gzip.open(DATA / "dups/hadoop_bugs.jsonl.gz", "rt", encoding="utf8") as file:
        bugs = [json.loads(line) for line in file]
    with (DATA / "dups/hadoop_pairs.csv").open(newline="") as file:
        pairs = [(row["id1"], row["id2"]) for row in csv.DictReader(file) if row["duplicate"] == "1"]
    names = [str(each["id"]) for each in bugs]
    times = [_time(each) for each in bugs]
    newer_first = [(a, b) if times[names.index(a)] >= times[names.index(b)] else (b, a) for a, b in pairs]
    app, tickets = _imported(folder, [_report(each, at) for each, at in zip(bugs, times, strict=True)])
    place = {name: number for number, name in enumerate(names)}
    asked: dict[str, list[int]] = {}
    taken: list[float] = []
    try:
        for name in {each for pair in pairs for each in pair}:
            begun = perf_counter()
            found = app.ask(GetSimilar(str(tickets[place[name]]), limit=FIRST))
            taken.append(perf_counter() - begun)
            asked[name] = [each.id for each in found.similar]
    finally:
        app.close()

    def share(ordered: Sequence[tuple[str, str]]) -> float:
        return sum(tickets[place[other]] in asked[one] for one, other in ordered) / len(ordered)

    newer, both = share(newer_first), share([*pairs, *((b, a) for a, b in pairs)])
    kept = newer >= PAIRS_LIMIT and both >= PAIRS_LIMIT
    print(f"{len(bugs):,} reports, {len(pairs)} duplicate pairs, the other one among the first {FIRST}:")
    print(f"  {'similar':<54} newer asks {newer:.3f}   both ask {both:.3f}   limit {PAIRS_LIMIT} {_word(kept)}")
    texts = [f"{each['title']}\n{each['body']}" for each in bugs]
    for name, options in CLASSIC.items():
        vectors = TfidfVectorizer(**options).fit_transform(texts)
        scores = linear_kernel(vectors, vectors)
        ranked = {
            one: set((-scores[place[one]]).argsort()[: FIRST + 1]) - {place[one]}
            for one in {each for pair in pairs for each in pair}
        }
        hits = [place[b] in ranked[a] for a, b in newer_first]
        back = [place[a] in ranked[b] for a, b in newer_first]
        print(f"  {name:<54} newer asks {sum(hits) / len(hits):.3f}   both ask {sum(hits + back) / len(hits) / 2:.3f}")
    print(f"  {median(taken) * 1000:.1f} ms a query")
    return kept


def threads(folder: Path) -> bool:
    """Mails of a list, without what joins them; another of the thread must come first."""
    with (DATA / "dups/mail_threads.csv").open(newline="") as file:
        thread = {row["member"]: row["thread"] for row in csv.DictReader(file)}
    with tarfile.open(DATA / "mail/ham_easy1.tar.gz") as packed:
        found = [(each.name, packed.extractfile(each)) for each in packed if each.isfile()]
        mails = [(name, _unjoined(file.read())) for name, file in found if file is not None]
    app, tickets = _imported(folder, [mail for _, mail in mails])
    name_of = {ticket: name for ticket, (name, _) in zip(tickets, mails, strict=True)}
    asked = right = 0
    taken: list[float] = []
    try:
        for ticket, name in name_of.items():
            if name not in thread:
                continue
            begun = perf_counter()
            similar = app.ask(GetSimilar(str(ticket), limit=1)).similar
            taken.append(perf_counter() - begun)
            asked += 1
            right += bool(similar) and thread.get(name_of[similar[0].id]) == thread[name]
    finally:
        app.close()
    kept = right / asked >= THREADS_LIMIT
    print(
        f"{len(mails):,} mails, {asked:,} of them in {len(set(thread.values()))} threads, another of its thread first:"
    )
    print(f"  {'similar':<54} {right / asked:.3f}   limit {THREADS_LIMIT} {_word(kept)}")
    print(f"  {median(taken) * 1000:.1f} ms a query")
    return kept


def _imported(folder: Path, mails: Sequence[bytes]) -> tuple[App, Sequence[int]]:
    """A workspace without rules in which each mail is a ticket; the tickets in the order given."""
    items, workspace = folder / "items", folder / "workspace"
    items.mkdir(parents=True)
    workspace.mkdir()
    (workspace / "rules").mkdir()
    (workspace / "rules/dedup.yaml").write_text(NO_RULES)
    for number, mail in enumerate(mails):
        (items / f"{number:06}.eml").write_bytes(mail)
    app = bootstrap.build(workspace)
    app.execute(ImportFiles((str(items),)))
    ids = sorted(app.ask(ListTicketIds(view="all")).ids)
    if len(ids) != len(mails):
        raise AssertionError(f"{len(mails)} mails made {len(ids)} tickets: something joined or dropped them")
    return app, ids


def _report(bug: Mapping[str, object], at: datetime) -> bytes:
    """A report as the mail that a tracker would send of it; the reporter is no part of it."""
    lines = [
        "From: tracker@bugs.example", "To: team@bugs.example", f"Date: {format_datetime(at)}",
        f"Subject: {' '.join(str(bug['title']).split())}", "Content-Type: text/plain; charset=utf-8", "",
        str(bug["body"] or ""),
    ]  # fmt: skip
    return "\n".join(lines).encode("utf-8", "replace")


def _time(bug: Mapping[str, object]) -> datetime:
    return datetime.strptime(str(bug["created"]), "%d/%b/%y %H:%M").replace(tzinfo=UTC)


def _unjoined(mail: bytes) -> bytes:
    """A mail without the headers by which a mail program joins a thread."""
    head, gap, body = mail.partition(b"\n\n")
    return _JOINING.sub(b"", head + b"\n") + gap[1:] + body


def _word(kept: bool) -> str:
    return "ok" if kept else "OVER"


if __name__ == "__main__":
    sys.exit(main())
