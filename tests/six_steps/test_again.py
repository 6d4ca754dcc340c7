"""A second look, by scores written by hand in place of trainings."""

import pytest

import recipes
from recipes.six_steps import improving
from recipes.six_steps.again import look_again, paired
from recipes.six_steps.clock import Clock
from recipes.six_steps.pace import Pace
from recipes.six_steps.seeds import Measured
from recipes.six_steps.state import State
from recipes.six_steps.work import Work

RECIPE = recipes.tabular_classifier(epochs=2)


class Bench:
    """What a second look asks of a `Work`, with scores that are given."""

    direction, prefix = "min", ""
    at = Work.at

    def __init__(self, path, scores, budget=100.0):
        self.scores, self.trained = scores, []
        self.clock, self.state = Clock(path, budget), State(path)
        self.pace = Pace([[1, 2, 2.0], [0, 2, 1.0]])

    def reserve(self, epochs, factor=1.0):
        return 1.0

    def measure(self, where, recipe, seeds, factor):
        self.trained.append((where, recipe.seed, seeds))
        return Measured(recipe, where, self.scores[where])

    def measured(self, found):
        return Measured.from_dict(found, recipes.Recipe.from_json)


NEW = Measured(RECIPE, "changes/01-x", (0.2, 0.3, 0.2))
OLD = Measured(RECIPE, "seeds/best", (0.25, 0.31, 0.2))
MORE = {
    "changes/01-x-again": (0.2, 0.2, 0.2),
    "seeds/best-again": (0.23, 0.24, 0.25),
}


def test_both_get_as_many_seeds_again_once(tmp_path):
    bench = Bench(tmp_path, MORE)
    new, old = look_again(bench, NEW.folder, NEW, OLD, 3)
    assert new.scores == NEW.scores + MORE["changes/01-x-again"]
    assert old.scores == OLD.scores + MORE["seeds/best-again"]
    assert [seed for _, seed, _ in bench.trained] == [3, 3]
    again = look_again(Bench(tmp_path, {}), NEW.folder, NEW, OLD, 3)
    assert again == (new, old), "what lies on disk is not trained again"
    # The winner has its seeds already, when it is looked at once more.
    other = NEW._replace(folder="changes/02-y")
    bench = Bench(tmp_path, {"changes/02-y-again": (0.2, 0.2, 0.2)})
    look_again(bench, other.folder, other, old, 3)
    assert [where for where, _, _ in bench.trained] == ["changes/02-y-again"]
    assert len(paired(bench, NEW, old)) == 3


@pytest.mark.parametrize(
    "scores, budget",
    [((0.1, 0.1, 0.1), 100.0), ((0.3, 0.3, 0.3), 100.0), (NEW.scores, 3.0)],
)
def test_what_is_clear_or_too_late_is_not_looked_at(scores, budget, tmp_path):
    bench = Bench(tmp_path, MORE, budget)
    new = NEW._replace(scores=scores)
    assert look_again(bench, new.folder, new, OLD, 3) == (new, OLD)
    assert bench.trained == []


def test_one_that_diverges_in_the_second_look_keeps_its_first(tmp_path):
    bench = Bench(tmp_path, {**MORE, "changes/01-x-again": ()})
    new, old = look_again(bench, NEW.folder, NEW, OLD, 3)
    assert len(new.scores) == 3 and len(old.scores) == 6
    assert len(paired(bench, new, old)) == 3


def test_what_is_late_twice_counts_as_no_change_tried(tmp_path, monkeypatch):
    work, told = Bench(tmp_path, {}), []
    work.decide = lambda step, title, words, **more: told.append((words, more))

    def proposed(epochs):
        return [(n, "Why.", {"epochs": epochs + i}) for i, n in enumerate("ab")]

    def kept(work, name, winner, proposal, factor, seeds):
        new = winner._replace(recipe=proposal[3], folder=name)
        return {"winner": new.to_dict()}

    for name, stand_in in {
        "evidence_of": lambda work, winner: 10 * winner.recipe.epochs,
        "proposals": lambda epochs: proposed(epochs) if epochs < 500 else [],
        "epoch_cost": lambda *_: 1.0,
        "seconds_lacking": lambda w, r, *_: None if r.epochs % 10 else 9.0,
        "_try": kept,
    }.items():
        monkeypatch.setattr(improving, name, stand_in)
    work.recipe, work.score = RECIPE, "val_loss"
    found = improving.improve(work, OLD)
    assert found.recipe.epochs == 211
    [(words, more)] = told
    # "a" is late at 20 and at 210 epochs, "b" is kept at 21 and at 211.
    assert words.startswith("2 changes tried. No time for: a (9 s expected);")
    assert more["numbers"]["tried"] == 2.0
    kept = " kept for the winner's fit."  # 1 s, where there is as much
    assert words.endswith(f"; 99 s are left beside 1 s{kept}")
    work.clock.budget = 0.4
    improving._ended(work, OLD, [("a", 9.0, "")], 1)
    assert told[-1][0].endswith(f"; 0 s are left beside 0.4 s{kept}")
