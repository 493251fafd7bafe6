import copy
import json
from dataclasses import asdict, dataclass
from multiprocessing.reduction import ForkingPickler

import msgspec
import pytest

from triage_app.domain.secret import Secret

SECRET = Secret("correct horse")


@dataclass(frozen=True)
class _Holder:
    password: Secret


def test_only_asking_for_it_gives_it_away() -> None:
    assert SECRET.reveal() == "correct horse"
    holder = {"password": SECRET, "all": [SECRET], "in": _Holder(SECRET)}
    said = [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>20}", f"{SECRET:>20}", f"{holder}", f"{holder!r}"]
    said += ["%s" % SECRET, "%r" % (SECRET,), str(ValueError(SECRET)), repr(ValueError(SECRET))]  # noqa: UP031
    assert not [each for each in said if "horse" in each]


def test_it_is_neither_pickled_nor_copied() -> None:
    with pytest.raises(TypeError):
        ForkingPickler.dumps({"password": SECRET})
    with pytest.raises(TypeError):
        copy.deepcopy(SECRET)
    with pytest.raises(TypeError):
        asdict(_Holder(SECRET))


def test_json_does_not_take_it() -> None:
    with pytest.raises(TypeError):
        json.dumps({"password": SECRET})
    for each in ({"password": SECRET}, _Holder(SECRET)):
        with pytest.raises(TypeError):
            msgspec.json.encode(each)
        with pytest.raises(TypeError):
            msgspec.to_builtins(each)


def test_an_empty_one_is_false_and_equal_ones_are_equal() -> None:
    assert not Secret("")
    assert Secret("correct horse") == SECRET != Secret("other")
    assert len({SECRET, Secret("correct horse")}) == 1
