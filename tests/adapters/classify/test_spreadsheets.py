import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from triage_app.adapters.classify import spreadsheets
from triage_app.adapters.classify.spreadsheets import is_spreadsheet, look_at_spreadsheet
from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example

WANTED = [
    Example("Phishing", "account locked\nverify now", at=datetime(2026, 3, 31, 14, 5, tzinfo=UTC)),
    Example("HR Support", "holiday\nplease", at=datetime(2026, 4, 1, 9, tzinfo=UTC)),
]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(path: Path, *sheets: str) -> Path:
    """A workbook (ECMA-376) of sheets that are given as their rows."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
        )
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlfor'
            f'mats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml'
            f'"/>{parts}</Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        packed.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
        )
        led = "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{led}</Relationships>'
        )
        for number, rows in zip(numbers, sheets, strict=True):
            packed.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return path


def row(number: int, *values: str | float) -> str:
    """A row of texts and numbers; empty ones are left out, as programs do."""
    cells = ""
    for letter, value in zip("ABCDEFGH", values, strict=False):
        if isinstance(value, str) and value:
            cells += f'<c r="{letter}{number}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        elif value != "":
            cells += f'<c r="{letter}{number}"><v>{value}</v></c>'
    return f'<row r="{number}">{cells}</row>'


def ods(path: Path, rows: list[list[str]]) -> Path:
    """A spreadsheet of texts in OpenDocument (ISO 26300)."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in each
        )
        + "</table:table-row>"
        for each in rows
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
        packed.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:table="{_ODF}:table:1.0" '
            f'xmlns:text="{_ODF}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{cells}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_an_old_workbook_is_read(project: Path) -> None:
    path = project / "tests" / "cases" / "learning" / "tickets.xls"
    assert is_spreadsheet(path.read_bytes())
    look = look_at_spreadsheet(path, {})
    assert look.examples == WANTED
    assert look.mapping == ("label=Category", "text=Subject", "text=Body", "at=Opened")


def test_a_workbook_is_read_with_its_row_numbers(tmp_path: Path) -> None:
    rows = row(3, "Priority", "Subject") + row(4, 1, "server down") + row(6, 2, "new mouse") + row(7, "", "nothing")
    path = xlsx(tmp_path / "t.xlsx", row(1, "", ""), rows)
    assert is_spreadsheet(path.read_bytes())
    look = look_at_spreadsheet(path, {})
    assert look.examples == [Example("1", "server down"), Example("2", "new mouse")]
    assert [problem.split(":")[0] for problem in look.problems] == ["line 7"]


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", row(1, "What", "Which") + row(2, "x", "A"))
    assert look_at_spreadsheet(path, {"label": ("Which",), "text": ("What",)}).examples == [Example("A", "x")]


def test_open_document_is_read(tmp_path: Path) -> None:
    path = ods(tmp_path / "t.ods", [["label", "text"], ["Größe", "大小 & <b>"]])
    assert is_spreadsheet(path.read_bytes())
    assert look_at_spreadsheet(path, {}).examples == [Example("Größe", "大小 & <b>")]


def test_what_is_no_spreadsheet_is_told_apart(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mail.zip", "w") as packed:
        packed.writestr("phish/1.eml", "Subject: x\n\nx")
    for content in ((tmp_path / "mail.zip").read_bytes(), b"PK\x03\x04 broken", b"label,text", b""):
        assert not is_spreadsheet(content)


def test_an_empty_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        look_at_spreadsheet(xlsx(tmp_path / "t.xlsx", ""), {})


def test_a_sheet_of_billions_of_cells_ends_only_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = xlsx(tmp_path / "t.xlsx", row(1, "label", "text") + row(2, "A", "x") + far)
    with pytest.raises(InvalidInput, match="damaged, locked with a password, or too large"):
        look_at_spreadsheet(path, {})
    monkeypatch.setattr(spreadsheets, "MAX_BYTES", 10)
    with pytest.raises(InvalidInput, match="Split it"):
        look_at_spreadsheet(xlsx(tmp_path / "u.xlsx", row(1, "label", "text") + row(2, "A", "x")), {})


def test_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", row(1, "label", "text") + row(2, "A", "x"))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InvalidInput, match="damaged"):
        look_at_spreadsheet(path, {})
