"""Bitcoin addresses of the main network, accepted only when their checksum is right."""

import hashlib

_BASE58 = {char: value for value, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# "bc" expanded as BIP 173 says: high bits, zero, low bits.
_PREFIX = (3, 3, 0, 2, 3)
_BECH32_CONSTANT = 1
_BECH32M_CONSTANT = 0x2BC830A3
SHORTEST, LONGEST = 26, 90


def _base58_is_valid(text: str) -> bool:
    """Base58Check: 25 bytes, version 0 (pay to key hash) or 5 (pay to script hash), then four bytes of checksum."""
    number = 0
    for char in text:
        value = _BASE58.get(char)
        if value is None:
            return False
        number = number * 58 + value
    if number.bit_length() > 200:
        return False
    raw = number.to_bytes(25, "big")
    zeros = len(text) - len(text.lstrip("1"))
    if raw[0] not in {0, 5} or zeros != len(raw) - len(raw.lstrip(b"\0")):
        return False
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _polymod(values: tuple[int, ...]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                check ^= generator
    return check


def _segwit_is_valid(text: str) -> bool:
    """Bech32 for witness version 0 (BIP 173), bech32m for 1 to 16 (BIP 350)."""
    data = tuple(_BECH32.get(char, -1) for char in text[3:])
    if len(data) < 8 or -1 in data:
        return False
    version, program = data[0], data[1:-6]
    size, spare = divmod(len(program) * 5, 8)
    if version > 16 or spare > 4 or program[-1] & ((1 << spare) - 1) or not 2 <= size <= 40:
        return False
    if version == 0 and size not in {20, 32}:
        return False
    return _polymod(_PREFIX + data) == (_BECH32_CONSTANT if version == 0 else _BECH32M_CONSTANT)


def bitcoin_of(text: str) -> str | None:
    """The address (bech32 in lower case), or None when `text` is none or its checksum is wrong."""
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    if text[0] in "13":
        return text if len(text) <= 35 and _base58_is_valid(text) else None
    lowered = text.lower()
    if lowered.startswith("bc1") and text in {lowered, text.upper()} and _segwit_is_valid(lowered):
        return lowered
    return None
