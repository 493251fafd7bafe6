"""The content of an S/MIME message that is signed in one part: just enough of DER and BER to find it.

RFC 5652 (CMS): ContentInfo { OID signedData, [0] SignedData { version, digests, { OID data, [0] OCTET STRING } ... } }.
No signature is checked.
"""

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_PRIMITIVE_STRING, _BUILT_STRING, _OID, _SEQUENCE, _FIRST = 0x04, 0x24, 0x06, 0x30, 0xA0
_CHUNKS = 100_000


def signed_content(data: bytes) -> bytes | None:
    """The signed bytes, or None where the message is not signed data, is detached or cannot be read."""
    outer = _enter(data, 0, _SEQUENCE)
    if outer < 0 or not (oid := _value(data, outer)) or oid[0] != _OID or data[oid[1] : oid[2]] != _SIGNED_DATA:
        return None
    signed = _enter(data, _enter(data, oid[2], _FIRST), _SEQUENCE)
    version = _value(data, signed)
    digests = _value(data, version[2]) if version else None
    inner = _enter(data, digests[2], _SEQUENCE) if digests else -1
    kind = _value(data, inner)
    if not kind or kind[0] != _OID:
        return None
    return _octets(data, _enter(data, kind[2], _FIRST))


def _length(data: bytes, position: int) -> tuple[int, int]:
    """The length that stands at a position (-1 for indefinite, -2 for a broken one) and where its value begins."""
    if position >= len(data):
        return -2, position
    first = data[position]
    if first < 0x80:
        return first, position + 1
    if first == 0x80:
        return -1, position + 1
    count = first & 0x7F
    if count > 8 or position + 1 + count > len(data):
        return -2, position
    return int.from_bytes(data[position + 1 : position + 1 + count], "big"), position + 1 + count


def _enter(data: bytes, position: int, tag: int) -> int:
    """Where the value of an element with this tag begins; -1 where another stands there."""
    if position < 0 or position >= len(data) or data[position] != tag:
        return -1
    length, begin = _length(data, position + 1)
    return begin if length >= -1 else -1


def _value(data: bytes, position: int) -> tuple[int, int, int] | None:
    """Tag, begin and end of an element of definite length."""
    if position < 0 or position >= len(data):
        return None
    length, begin = _length(data, position + 1)
    if length < 0 or begin + length > len(data):
        return None
    return data[position], begin, begin + length


def _octets(data: bytes, position: int) -> bytes | None:
    """An octet string, whole or in pieces."""
    if position < 0 or position >= len(data):
        return None
    if data[position] == _PRIMITIVE_STRING:
        whole = _value(data, position)
        return data[whole[1] : whole[2]] if whole else None
    begin = _enter(data, position, _BUILT_STRING)
    if begin < 0:
        return None
    pieces: list[bytes] = []
    for _ in range(_CHUNKS):
        piece = _value(data, begin)
        if piece is None or piece[0] != _PRIMITIVE_STRING:
            break
        pieces.append(data[piece[1] : piece[2]])
        begin = piece[2]
    return b"".join(pieces) if pieces else None
