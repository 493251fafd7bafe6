"""Windows paths and registry keys in running text."""

import pytest

from triage_app.domain.windows import find_windows_paths, windows_path_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("copy C:\\a\\b.exe D:\\c\\", ["C:\\a\\b.exe", "D:\\c"]),
        ("C:\\Program Files (x86)\\A b c\\d.dll, then", ["C:\\Program Files (x86)\\A b c\\d.dll"]),
        ("C:\\Documents and Settings\\bob\\my file.doc was", ["C:\\Documents and Settings\\bob\\my file.doc"]),
        ("C:\\temp and then bar\\baz.exe", ["C:\\temp"]),
        ("(C:\\temp\\a.txt)", ["C:\\temp\\a.txt"]),
        ('"C:\\a and b\\c d"', ["C:\\a and b\\c d"]),
        ("\\\\?\\C:\\a\\b", ["C:\\a\\b"]),
        ("\\\\.\\pipe\\evil", ["\\\\.\\pipe\\evil"]),
        ("\\\\srv-1.corp.local\\c$\\x", ["\\\\srv-1.corp.local\\c$\\x"]),
        ("%temp%\\a.exe", ["%TEMP%\\a.exe"]),
        ("HKCU\\Software\\A B\\Run:", ["HKEY_CURRENT_USER\\Software\\A B\\Run"]),
        ("Computer\\HKEY_USERS\\S-1-5-18\\x", ["HKEY_USERS\\S-1-5-18\\x"]),
        ("CORP\\bob, http:\\\\evil.com, C:\\ and \\n, abC:\\x", []),
    ],
)
def test_paths_in_text(text: str, found: list[str]) -> None:
    assert [path.text for path in find_windows_paths(text)] == found


def test_what_a_path_tells() -> None:
    share, key = find_windows_paths("\\\\srv\\a\\b.exe HKLM\\a\\b.exe")
    assert (share.server, share.last, share.is_registry) == ("srv", "b.exe", False)
    assert (key.server, key.last, key.is_registry) == ("", "", True)


def test_a_whole_path_may_hold_spaces_anywhere() -> None:
    path = windows_path_of(' "c:\\a and b\\\\c d e f g h" ')
    assert path is not None
    assert path.text == "C:\\a and b\\c d e f g h"
    key = windows_path_of("HKLM\\Software\\Classes\\*\\shell")
    assert key is not None
    assert key.text == "HKEY_LOCAL_MACHINE\\Software\\Classes\\*\\shell"
    assert windows_path_of("C:\\") is None
    assert windows_path_of("see C:\\a") is None
