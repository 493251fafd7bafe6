"""New text, quoted text and signature are told apart, in the ways of many programs and languages."""

import os
import tarfile
from pathlib import Path

import pytest

from triage_app.domain import quotes
from triage_app.domain.item import Form
from triage_app.domain.parsing import parse

DATA = Path(os.environ.get("TRIAGE_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


@pytest.mark.parametrize("attribution", [
    "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@gmail.com> wrote:",
    "On Mon, Apr 2, 2012 at 6:26 PM, Megan One\n<xxx@gmail.com> wrote:",
    "Am 02.04.2012 um 18:26 schrieb Megan One <xxx@gmail.com>:",
    "Am Mo., 2. Apr. 2012 um 18:26 Uhr schrieb Megan One <xxx@gmail.com>:",
    "Le 2 avr. 2012 à 18:26, Megan One <xxx@gmail.com> a écrit :",
    "El lun, 2 abr 2012 a las 18:26, Megan One (<xxx@gmail.com>) escribió:",
    "Em seg., 2 de abr. de 2012 às 18:26, Megan One <xxx@gmail.com> escreveu:",
    "Op ma 2 apr. 2012 om 18:26 schreef Megan One <xxx@gmail.com>:",
    "Il giorno lun 2 apr 2012 alle ore 18:26 Megan One <xxx@gmail.com> ha scritto:",
    "W dniu 2.04.2012 o 18:26, Megan One napisał(a):",
    "Den mån 2 apr. 2012 kl 18:26 skrev Megan One <xxx@gmail.com>:",
    "02.04.2012 14:20 пользователь \"Megan\" <\nxxx@gmail.com> написал:",
    "26.06.2014, 14:41, \"Megan One\" <xxx@gmail.com>:",
    "2012年4月2日 18:26，Megan One <xxx@gmail.com> 写道：",
    "Megan One wrote:",
])  # fmt: skip
@pytest.mark.parametrize("quote", ["> old text\n> more", "old text\nmore"])
def test_attributions(attribution: str, quote: str) -> None:
    told = quotes.split(f"New text.\n\n{attribution}\n\n{quote}")

    assert told.text == "New text."
    assert told.quoted.startswith(attribution.split("\n", maxsplit=1)[0])
    assert told.quoted.endswith("old text\nmore")
    assert not told.forwarded


@pytest.mark.parametrize("block", [
    "-----Original Message-----\nFrom: Bob <b@c.example>\nSent: Monday\nTo: Ann\nSubject: Test",
    "________________________________\nVon: Bob <b@c.example>\nGesendet: Montag\nAn: Ann\nBetreff: Test",
    "De : Bob <b@c.example>\nEnvoyé : lundi\nÀ : Ann\nObjet : Test",
    "*From:* Bob <b@c.example>\n*Sent:* Monday\n*To:* Ann\n*Subject:* Test",
    "De: Bob\nEnviado el: lunes\nPara: Ann\nAsunto: Test",
    "Da: Bob\nInviato: lunedì\nA: Ann\nOggetto: Test",
    "Van: Bob\nVerzonden: maandag\nAan: Ann\nOnderwerp: Test",
    "Date: Thu, 26 Jun 2014\nSubject: Test\nFrom: b@c.example\nTo: a@c.example",
])  # fmt: skip
@pytest.mark.parametrize("answers", [True, False])
def test_blocks_of_headers_are_a_quote_in_an_answer_and_else_a_forward(block: str, answers: bool) -> None:
    told = quotes.split(f"New text.\n\n{block}\n\nold text", answers=answers)

    assert (told.text, told.forwarded) == ("New text.", not answers)
    assert told.quoted.endswith("old text")


@pytest.mark.parametrize("mark", [
    "---------- Forwarded message ----------", "---------- Forwarded message ---------", "Begin forwarded message:",
    "-------- Weitergeleitete Nachricht --------", "---------- Message transféré ----------",
    "---------- Mensaje reenviado ----------",
])  # fmt: skip
def test_forwards_are_marked(mark: str) -> None:
    told = quotes.split(f"Is this real?\n\n{mark}\nFrom: Evil <e@f.example>\nSubject: Pay\n\nPay now.", answers=True)

    assert (told.text, told.forwarded) == ("Is this real?", True)
    assert quotes.starts_forward(told.quoted)


@pytest.mark.parametrize("text", [
    "The form asks from whom: nobody knows.\nIt was sent: yesterday.",
    "Dear Ann,\nthis is what I wrote: nothing at all, for a whole year",
    "Note:\nFrom: here on it is plain text.",
    "1. first:\n2. second:",
    "Date: tomorrow\nPlace: here",
    ">From the start of a line in an mbox",
])  # fmt: skip
def test_plain_text_stays_whole(text: str) -> None:
    assert quotes.split(text) == quotes.Quoted(text)


def test_answers_between_quotes_are_new_text() -> None:
    told = quotes.split("> one?\nYes.\n> two?\nNo.")

    assert (told.text, told.quoted) == ("Yes.\nNo.", "one?\ntwo?")


@pytest.mark.parametrize(("text", "signature"), [
    ("Hello\n-- \nAnn\nACME", "Ann\nACME"),
    ("Hello\n--\nAnn", "Ann"),
    ("Hello\n\nSent from my iPhone", "Sent from my iPhone"),
    ("Hello\n\nVon meinem iPhone gesendet", "Von meinem iPhone gesendet"),
    ("Hello\n\nGet Outlook for Android", "Get Outlook for Android"),
    ("Hello\n" + "_" * 40 + "\nlist@mail.example", "list@mail.example"),
])  # fmt: skip
def test_signatures(text: str, signature: str) -> None:
    told = quotes.split(text)

    assert (told.text, told.signature) == ("Hello", signature)


def test_what_would_be_all_signature_is_text() -> None:
    assert quotes.split("-- \nGood day, I am a prince.") == quotes.Quoted("-- \nGood day, I am a prince.")


def test_subjects() -> None:
    assert quotes.is_forward("Fwd: x")
    assert quotes.is_forward("WG: x")
    assert quotes.is_forward("[EXT] FW: x")
    assert quotes.is_reply("AW: x")
    assert quotes.is_reply("Re[2]: x")
    assert not quotes.is_reply("Report: x")
    assert not quotes.is_forward("Forward: x")


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")
def test_answers_of_many_programs() -> None:
    found = {}
    with tarfile.open(DATA / "mime/mime_fixtures.tar.gz") as packed:
        for member in packed:
            file = packed.extractfile(member)
            if file is None or "talon/" not in member.name:
                continue
            content = file.read()
            if member.name.endswith(".html"):
                content = b"Subject: Re: x\nContent-Type: text/html; charset=utf-8\n\n" + content
            found[member.name.partition("talon/")[2]] = parse(content, Form.MAIL).text
    replies = {name: text for name, text in found.items() if name.startswith("standard_replies/")}
    assert len(replies) == 12
    # This one has no header that says it is an answer, so what it quotes counts as sent on.
    assert replies.pop("standard_replies/outlook.eml").startswith("Hello\n")
    assert {name: text for name, text in replies.items() if text != "Hello"} == {}
    pages = {name: " ".join(text.split()) for name, text in found.items() if name.startswith("html_replies/")}
    assert len(pages) == 9
    assert {name: text for name, text in pages.items() if text != "Hi. I am fine. Thanks, Alex"} == {}
