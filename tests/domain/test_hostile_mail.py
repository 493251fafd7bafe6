"""Mail made to hurt: each is read or cut with a reason, in bounded time and memory, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A guard against hanging, not a measure of speed: the machine that runs the tests may be busy.
HANG = 60
PROCESSOR_SECONDS = 5.0
MEMORY_MB = 300

# Each is an expression that makes the mail within the child, so that its making is not in this process's memory.
HEAD = "b'From: a@b.example\\r\\nSubject: s\\r\\n'"
CASES = {
    "large_text": (f"{HEAD} + b'\\r\\n' + b'word ' * 10_000_000", "body_cut"),
    "large_lines": (f"{HEAD} + b'\\r\\n' + b'\\r\\n' * 25_000_000", "body_cut"),
    "large_base64": (
        (
            f"{HEAD} + b'Content-Type: application/zip; name=a.zip\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n'"
            " + (b'A' * 76 + b'\\r\\n') * 640_000"
        ),
        "",
    ),
    "huge_base64": (
        (
            f"{HEAD} + b'Content-Type: application/zip; name=a.zip\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n'"
            " + (b'A' * 76 + b'\\r\\n') * 1_000_000"
        ),
        "attachment_cut",
    ),
    "large_quoted_printable": (
        (
            f"{HEAD} + b'Content-Type: text/html\\r\\nContent-Transfer-Encoding: quoted-printable\\r\\n\\r\\n'"
            " + b'=3D=3C' * 8_000_000"
        ),
        "body_cut",
    ),
    "parts": (
        (
            f"{HEAD} + b'Content-Type: multipart/mixed; boundary=b\\r\\n' + b'\\r\\n--b\\r\\n\\r\\nx' * 10_000"
            " + b'\\r\\n--b--'"
        ),
        "parts_cut",
    ),
    "nested_multiparts": (
        (
            f"{HEAD} + b''.join(b'Content-Type: multipart/mixed; boundary=b%d\\r\\n\\r\\n--b%d\\r\\n'"
            " % (n, n) for n in range(10_000))"
            " + b'\\r\\ninnermost'"
        ),
        "depth_cut",
    ),
    "nested_mails": (
        f"({HEAD} + b'Content-Type: message/rfc822\\r\\n\\r\\n') * 10_000 + b'\\r\\ninnermost'",
        "depth_cut",
    ),
    "one_header": (f"{HEAD} + b'X-Long: ' + b'y' * 1_000_000 + b'\\r\\n\\r\\ntext'", "headers_cut"),
    "folded_header": (f"{HEAD} + b'X-Long: a' + b'\\r\\n b' * 1_000_000 + b'\\r\\n\\r\\ntext'", "headers_cut"),
    "many_headers": (f"{HEAD} + b''.join(b'X-%d: y\\r\\n' % n for n in range(100_000)) + b'\\r\\ntext'", "headers_cut"),
    "encoded_words": (
        "b'From: ' + b'=?utf-8?q?a?= ' * 5_000 + b'\\r\\nSubject: ' + b'=?a?q?' * 500_000 + b'\\r\\n\\r\\nt'",
        "headers_cut",
    ),
    "quote_marks": (
        "b'From: ' + b'\"' * 20_000 + b'\\r\\nTo: ' + b'(' * 20_000 + b'\\r\\nCc: ' + b'<' * 20_000 + b'\\r\\n\\r\\nt'",
        "",
    ),
    "parameters": (f"{HEAD} + b'Content-Type: text/plain' + b'; a*0*=%41' * 6_000 + b'\\r\\n\\r\\ntext'", ""),
    "boundary": (
        f"{HEAD} + b'Content-Type: multipart/mixed; boundary=' + b'b' * 60_000 + b'\\r\\n\\r\\n--' + b'b' * 60_000",
        "no_boundary",
    ),
    "false_boundaries": (
        f"{HEAD} + b'Content-Type: multipart/mixed; boundary=b\\r\\n\\r\\n' + b'\\n--bx' * 5_000_000",
        "boundary_flood",
    ),
    "open_boundaries": (
        (
            f"{HEAD} + b'Content-Type: multipart/mixed; boundary=b\\r\\n\\r\\n'"
            " + b''.join(b'--b\\r\\nContent-Type: multipart/mixed; boundary=c%d\\r\\n\\r\\n' % n for n in range(490))"
            " + b'\\n--c' * 5_000_000"
        ),
        "",
    ),
    "html_depth": (f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\n' + b'<div>' * 100_000 + b'inside'", "html_depth"),
    "html_hidden_depth": (
        f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\n' + b'<div><table></div></table>' * 60_000 + b'inside'",
        "html_depth",
    ),
    "html_comments": (f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\nx' + b'<!--' * 500_000", "html_depth"),
    "html_quotes": (f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\nx' + b'<a href=\"' * 200_000", "html_depth"),
    "html_links": (f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\n<p>x' + b' href=' * 1_000_000", ""),
    "html_spaces": (
        f"{HEAD} + b'Content-Type: text/html\\r\\n\\r\\n<p>x display' + b' ' * 2_000_000 + b'font-size' * 100_000",
        "",
    ),
    "attributions": (f"{HEAD} + b'\\r\\n' + b'On 1 you wrote\\r\\n' * 100_000", ""),
    "colons": (f"{HEAD} + b'\\r\\n' + b'From: a:\\r\\n' * 100_000", ""),
    "rules": (f"{HEAD} + b'\\r\\n' + (b'-' * 150 + b'\\r\\n') * 50_000", ""),
    "zip_bomb": (
        (
            f"{HEAD} + b'Content-Type: application/zip; name=b.zip\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n'"
            " + __import__('base64').encodebytes(__import__('zlib').compress(bytes(100_000_000)))"
        ),
        "",
    ),
    "zlib_charset": (f"{HEAD} + b'Content-Type: text/plain; charset=zlib\\r\\n\\r\\n' + b'x\\x9c' * 1000", "charset"),
    "bare_bytes": ("bytes(range(256)) * 100_000", "no_headers"),
    "empty": ("b''", "no_headers"),
    "ole": ("bytes.fromhex('d0cf11e0a1b11ae1') + bytes(5_000_000)", "msg_unreadable"),
}
CHILD = """
import json, sys, time
from triage_app.domain.parsing import parse
from triage_app.domain.item import Form
content = eval(sys.argv[1])
began = time.process_time()
form = Form.MSG if content.startswith(bytes.fromhex('d0cf11e0')) else Form.MAIL
item = parse(content, form)
spent = time.process_time() - began
# Not ru_maxrss: that begins with what the process that started this one had.
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024
texts = (item.subject, item.text, item.quoted, item.attached_text, item.html)
codes = [defect.code for defect in item.defects]
json.dump({"spent": spent, "peak": peak, "codes": codes, "sizes": [len(text) for text in texts]}, sys.stdout)
"""


@pytest.mark.parametrize("name", CASES)
def test_hostile_mail_is_read_or_cut_within_bounds(name: str) -> None:
    source, expected = CASES[name]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, source], cwd=ROOT, capture_output=True, text=True, timeout=HANG, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert answer["spent"] < PROCESSOR_SECONDS
    assert answer["peak"] < MEMORY_MB
    assert not expected or expected in answer["codes"]
    assert all(size <= 2_000_100 for size in answer["sizes"])
