from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from triage_app.adapters.storage.compression import SMALL, Packer


@given(st.binary(max_size=5_000))
def test_contents_come_back(content: bytes) -> None:
    packer = Packer()
    assert packer.unpack(packer.pack(content)) == content


def test_a_small_content_is_kept_as_it_is_and_a_larger_one_shrinks() -> None:
    packer = Packer()
    assert packer.pack(b"a" * (SMALL - 1)) == b"\0" + b"a" * (SMALL - 1)
    assert len(packer.pack(b"a" * SMALL)) < SMALL / 2
    assert packer.unpack(packer.pack(b"\0\0")) == b"\0\0"


def test_threads_do_not_share_a_compressor() -> None:
    packer = Packer()
    contents = [bytes([n]) * 50_000 for n in range(64)] * 4
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(packer.pack, contents))
        assert list(pool.map(packer.unpack, stored)) == contents
    assert sum(map(len, stored)) < 60_000
