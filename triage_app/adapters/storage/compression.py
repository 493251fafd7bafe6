"""Raw items compressed: mail and alerts shrink to a third, and reading one is never worth a thought."""

import threading

import zstandard

_LEVEL = 3

SMALL = 200
"""Bytes below which a content is stored as it is: compressing it takes longer and saves next to nothing."""

_AS_IS = b"\0"
"""What a content that is not compressed begins with; no compressed one does."""


class _Tools(threading.local):
    """zstandard's objects may not be used by two threads at once."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


class Packer:
    """Compresses and expands contents. Safe from any thread."""

    def __init__(self) -> None:
        self._tools = _Tools()

    def pack(self, content: bytes) -> bytes:
        """The content as stored."""
        if len(content) < SMALL:
            return _AS_IS + content
        return self._tools.compressor.compress(content)

    def unpack(self, stored: bytes) -> bytes:
        """The content as received."""
        if stored.startswith(_AS_IS):
            return stored[1:]
        return self._tools.decompressor.decompress(stored)
