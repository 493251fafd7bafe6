"""Which dotted words are names of files: those whose last part is a known extension."""

import re

# Extensions that are also abused top-level domains (com, pl, app, ai, one, rs, ml) are left out: those words are
# domains more often. The ones that are both and stay (zip, mov, md, py, sh, cab) are files unless said otherwise.
_KNOWN = """
    7z accdb ace apk appx appxbundle arj asp aspx avi bash bat bin bmp bz2 c cab cer cfg chm class cmd conf cpl cpp
    crt crx cs csh css csv dat db deb dll dmg doc docm docx dot dotm dotx dylib elf eml emf eps exe flv gif go gz gzip
    h hta htm html ics ico img inf ini iso jar java jpeg jpg js jse json jsp jspx key kdbx ko ksh lha lnk log lua lz lzh
    m4a m4v md mdb mde mht mhtml mkv mov mp3 mp4 mpeg mpg msg msi msix msp mst msu ocx odp ods odt ost p12 p7s pcap
    pcapng pdb pdf pem pfx php phps phtml pif plist png pot potm potx ppam pps ppsm ppsx ppt pptm pptx ps1 psd psd1
    psm1 pst pub py pyc pyd pyw pyz rar raw rb rdp reg rpm rtf scf scr sct service sh shtml sldm slk sql sqlite svg
    swf sys tar tbz tgz tif tiff tmp toml torrent ts tsv txt udf url vb vba vbe vbs vcf vhd vhdx vmdk war wasm wav
    webm webp whl wim wma wmf wmv wsc wsf wsh xhtml xla xlam xll xls xlsb xlsm xlsx xlt xltm xml xps xsl xz yaml yar
    yara yml zip zipx zst
"""
EXTENSIONS = frozenset(_KNOWN.split())
# Capitals make words of these: "Microsoft.SQL", "Washington D.C".
_ALSO_WORDS = frozenset(("c", "h", "go", "sql", "key", "service", "url", "class", "pub"))
LONGEST_FILE_NAME = 255
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_SPOKEN = frozenset({"node.js", "vue.js", "react.js", "next.js", "three.js", "d3.js", "express.js", "asp.net"})


def has_known_extension(text: str) -> bool:
    """True when `text` is a stem, a dot and a known extension; products written that way ("Node.js") are not."""
    stem, dot, extension = text.rpartition(".")
    if not (dot and stem) or len(text) > LONGEST_FILE_NAME:
        return False
    lowered = extension.lower()
    if lowered in EXTENSIONS:
        if extension != lowered and (lowered in _ALSO_WORDS or extension != extension.upper()):
            return False
        # "1.5h" is a measure, "b.d.i.c" an abbreviation.
        return text.lower() not in _SPOKEN and not (
            len(lowered) == 1 and (stem[-1].isdigit() or stem[-2:-1] in {"", "."})
        )
    # Shared objects: "notion.so" is a site, "libssl.so" is not.
    return lowered == "so" and stem.startswith("lib")


def file_name_of(text: str) -> str | None:
    """`text` without surrounding space when a file may be called so (case is kept), or None."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST_FILE_NAME or _FORBIDDEN.search(text) or not text.strip(". "):
        return None
    return text
