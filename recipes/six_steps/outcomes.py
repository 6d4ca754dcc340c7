"""Of what kinds the outcomes in a state.json are, before one is used."""

import re

from recipes.six_steps.choosing import FOLDERS
from recipes.six_steps.clock import LARGEST
from recipes.six_steps.kinds import NUMBER
from recipes.six_steps.seeds import is_score

MOST, FITS = 1000, 100_000  # values of a list; fits that were measured


def _number(value, least=-LARGEST):
    real = isinstance(value, NUMBER) and not isinstance(value, bool)
    return real and least <= value <= LARGEST


def _least(least):
    return lambda value: _number(value, least)


def _whole(value):
    return isinstance(value, int) and _number(value, 0)


def _flag(value):
    return isinstance(value, bool)


def _maybe(rule):
    return lambda value: value is None or rule(value)


def _each(rule, most=MOST):
    return lambda value: (
        isinstance(value, list) and len(value) <= most and all(map(rule, value))
    )


def _row(*rules):
    return lambda value: (
        isinstance(value, list)
        and len(value) == len(rules)
        and all(rule(each) for rule, each in zip(rules, value, strict=True))
    )


def _names(**rules):
    return lambda value: (
        isinstance(value, dict)
        and all(rule(value.get(name)) for name, rule in rules.items())
    )


def _some(rule):
    return lambda value: bool(value) and rule(value)


def _dict(value):
    return isinstance(value, dict)


def _text(value):
    return isinstance(value, str)


def _one_of(names):
    return lambda value: isinstance(value, (str, int)) and value in names


_SECONDS, _RATE = _least(0.0), _least(1e-30)
_TRIAL = _names(
    rate=_RATE,
    decay=_maybe(_SECONDS),
    epochs=_whole,
    score=is_score,
    loss=_maybe(is_score),
)
_ROWS = _names(rows=_some(_each(_TRIAL)), epochs=_whole)
_PLAN = _row(
    _some(_each(_RATE)), _some(_each(_maybe(_SECONDS))), _whole, _number
)
RULES = (  # within a round's folder; the first that fits
    ("check", _names(seconds=_maybe(_RATE), rate=_flag, mended=_maybe(_RATE))),
    ("range-test", _names(rate=_RATE, found=_flag)),
    ("first", _maybe(_dict)),
    ("coarse-plan|finer-plan", _maybe(_PLAN)),
    (r"finer-\d+-plan", _maybe(_SECONDS)),
    ("coarse|finer", _maybe(_ROWS)),
    (r"finer-\d+", _ROWS),
    ("seeds-plan", _row(_each(_one_of(FOLDERS)), _whole)),
    ("seeds", _one_of(FOLDERS)),
    (r"changes/.*-cost", _RATE),
    (r"changes/.*-again-plan", _flag),
    (r"changes/.*-plan", _maybe(_SECONDS)),
    (r"(seeds|changes)/.*-again|seeds/[a-z]+", _dict),
    (r"changes/.*", _names(winner=_dict)),
    ("ended", _maybe(_names(late=_flag))),
    ("fitted", _dict),
    ("best|begun", lambda value: value is None),
    ("bought", _each(_row(_SECONDS, _SECONDS))),
)
PACE = _each(_row(_one_of((0, 1)), _least(1), _SECONDS), FITS)
WHY = _each(_text)


def odd(outcomes, pace, why):
    """Return the names of what no tune writes.

    >>> odd({"range-test": {"rate": 0.1, "found": True}, "seeds": "me"}, [], {})
    ['seeds']
    """
    found = [n for n, value in outcomes.items() if not _fits(n, value)]
    found += ["pace"] * (not PACE(pace))
    return found + ["why"] * (not WHY(list(why.values())))


def _fits(name, value):
    short = re.sub(r"^more-[0-9]+/", "", name)
    for pattern, rule in RULES:
        if re.fullmatch(pattern, short):
            return rule(value)
    return False
