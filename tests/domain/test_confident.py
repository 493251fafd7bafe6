import random

import numpy as np
import pytest

from triage_app.domain.confident import doubts, folds


def planted(count: int, kinds: int, wrong: int) -> tuple[list[int], list[int], list[list[float]]]:
    """True labels, labels of which the first `wrong` were changed, and what an honest model says of each."""
    chance = random.Random(5)
    truth = [place % kinds for place in range(count)]
    said = [(label + 1) % kinds if place < wrong else label for place, label in enumerate(truth)]
    rows = []
    for label in truth:
        row = [chance.random() * 0.03 for _ in range(kinds)]
        row[label] += 0.9
        rows.append(row)
    return truth, said, rows


def test_planted_mistakes_stand_first_with_what_they_are() -> None:
    truth, said, rows = planted(400, 4, 20)
    found = doubts(np.array(said), np.array(rows))
    first = found.ranked[:20]
    assert {each.place for each in first} == set(range(20))
    assert all(each.likely == truth[each.place] and each.confident for each in first)
    assert all(0 < each.doubt <= 1 for each in found.ranked)
    assert [each.doubt for each in found.ranked] == sorted((each.doubt for each in found.ranked), reverse=True)


def test_the_joint_tells_how_often_a_label_is_another() -> None:
    _, said, rows = planted(400, 4, 40)
    joint = doubts(np.array(said), np.array(rows)).joint
    assert joint.sum() == pytest.approx(1.0)
    # ten of each label are called the one after it
    assert [joint[(label + 1) % 4, label] for label in range(4)] == pytest.approx([0.025] * 4, abs=0.002)
    assert joint.sum(axis=1) == pytest.approx([0.25] * 4)


def test_a_label_that_a_model_is_never_sure_of_is_not_blamed_for_it() -> None:
    # given label 1, whose own examples reach 0.4 at most, and one of label 0 that is called 1
    rows = [[0.9, 0.1]] * 10 + [[0.6, 0.4]] * 10 + [[0.95, 0.05]]
    said = [0] * 10 + [1] * 11
    found = doubts(np.array(said), np.array(rows))
    assert found.ranked[0].place == 20
    assert [each.place for each in found.ranked if each.confident] == [20]


def test_one_label_alone_and_no_examples_are_no_mistake() -> None:
    assert doubts(np.array([0, 0]), np.array([[0.4], [0.9]])).ranked == ()
    assert doubts(np.array([], dtype=np.int64), np.zeros((0, 3))).ranked == ()
    # a label without examples is never the likely one by its threshold
    found = doubts(np.array([0, 1]), np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]))
    assert found.ranked == ()
    assert found.joint[2].sum() == 0


def test_twins_are_in_one_part_and_every_part_has_its_share() -> None:
    groups = [place // 2 * 2 for place in range(400)]
    labels = [place // 2 % 5 for place in range(400)]
    parts = folds(groups, labels, 4)
    assert all(parts[place] == parts[place + 1] for place in range(0, 400, 2))
    for part in range(4):
        inside = [labels[place] for place in range(400) if parts[place] == part]
        assert all(18 <= inside.count(label) <= 22 for label in range(5))
    assert parts == folds(groups, labels, 4)
    assert parts != folds(groups, labels, 4, seed=1)
