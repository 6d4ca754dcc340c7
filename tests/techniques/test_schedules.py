"""Schedules against their closed forms, ends included."""

from math import cos, pi

import keras
import pytest

from recipes import Part, RecipeError, menu, registry
from recipes.techniques.schedules import OneCycle

pytestmark = pytest.mark.both_backends

RATE, STEPS = 0.4, 200


def build(part, rate=RATE, steps=STEPS):
    part = Part(part) if isinstance(part, str) else part
    schedule = registry.build(
        "schedule", part, learning_rate=rate, total_steps=steps
    )
    if isinstance(schedule, float):
        return lambda step: schedule
    return lambda step: float(schedule(step))


def half_cosine(t):
    return (1 + cos(pi * t)) / 2


def warmup_cosine(t, warmup=0.05, alpha=0.0):
    if t < warmup:
        first = 1 / (warmup * STEPS)  # as high as a step of the rise
        return first + (1 - first) * t / warmup
    left = (t - warmup) / (1 - warmup)
    return alpha + (1 - alpha) * half_cosine(left)


def one_cycle(t, warmup=0.25, first=0.04, last=1e-5):
    if t < warmup:
        return first + (1 - first) * (1 - half_cosine(t / warmup))
    return last + (1 - last) * half_cosine((t - warmup) / (1 - warmup))


# Part → the rate as a fraction of the peak, at the fraction t of the run.
FORMULAS = [
    ("constant", lambda t: 1.0),
    ("step", lambda t: 0.1 ** ((t >= 0.5) + (t >= 0.75))),
    (
        Part("step", at=[0.1, 0.6, 0.9], factor=0.5),
        lambda t: 0.5 ** ((t >= 0.1) + (t >= 0.6) + (t >= 0.9)),
    ),
    ("exponential", lambda t: 0.01**t),
    (Part("exponential", final_factor=0.5), lambda t: 0.5**t),
    ("cosine", half_cosine),
    (Part("cosine", alpha=0.1), lambda t: 0.1 + 0.9 * half_cosine(t)),
    ("warmup_cosine", warmup_cosine),
    (
        Part("warmup_cosine", warmup=0.3, alpha=0.2),
        lambda t: warmup_cosine(t, 0.3, 0.2),
    ),
    ("one_cycle", one_cycle),
    (
        Part("one_cycle", warmup=0.4, initial_factor=0.1, final_factor=0),
        lambda t: one_cycle(t, 0.4, 0.1, 0.0),
    ),
]


@pytest.mark.parametrize(
    "part, formula", FORMULAS, ids=[str(part) for part, _ in FORMULAS]
)
def test_formula(part, formula):
    schedule = build(part)
    steps = {0, 1, 9, 10, 11, 50, 60, 80, 99, 100, 101, 149, 150, 199, 200}
    for step in sorted(steps):
        expected = RATE * formula(step / STEPS)
        assert schedule(step) == pytest.approx(expected, 1e-4, 1e-6), step


@pytest.mark.parametrize(
    "part", ["cosine", "warmup_cosine", "one_cycle"], ids=str
)
def test_past_the_end_it_stays(part):
    schedule = build(part)
    assert schedule(STEPS + 50) == pytest.approx(schedule(STEPS), abs=1e-7)


def test_every_schedule_of_this_file_has_a_formula():
    """Another one lies in a file of its own, and has a test of its own."""
    file = "recipes.techniques.schedules."
    rows = menu.SCHEDULES.items()
    ours = {name for name, row in rows if row[0].startswith(file)}
    assert ours == {getattr(part, "name", part) for part, _ in FORMULAS}


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize(
    "part", sorted({p for p, _ in FORMULAS}, key=str), ids=str
)
def test_short_runs_learn(part, steps):
    """Some step of the run has a rate worth the name."""
    rates = [build(part, steps=steps)(step) for step in range(steps)]
    assert max(rates) >= 0.04 * RATE
    assert min(rates) >= 0


def test_no_warmup_of_less_than_a_step():
    schedule = build(Part("warmup_cosine", warmup=0.01), steps=20)
    assert schedule(0) == pytest.approx(RATE)


def test_one_cycle_round_trip():
    first = OneCycle(0.4, 100, 0.3, 0.1, 0.01)
    config = keras.optimizers.schedules.serialize(first)
    again = keras.optimizers.schedules.deserialize(config)
    assert again.get_config() == first.get_config()
    assert [float(again(s)) for s in range(0, 101, 10)] == [
        float(first(s)) for s in range(0, 101, 10)
    ]


def test_one_cycle_in_a_saved_model(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    schedule = OneCycle(0.4, 100, 0.3, 0.1, 0.01)
    model.compile(keras.optimizers.SGD(schedule), "mse")
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras").optimizer
    assert float(again.learning_rate) == pytest.approx(0.04)


FRACTION = [0, 1, -0.1, 1.5, True, None, "0.5", float("nan")]


@pytest.mark.parametrize(
    "name, argument, value",
    [
        *(("step", "factor", v) for v in FRACTION),
        *(("exponential", "final_factor", v) for v in FRACTION),
        *(("warmup_cosine", "warmup", v) for v in FRACTION),
        *(("one_cycle", "warmup", v) for v in FRACTION),
        *(("one_cycle", "initial_factor", v) for v in FRACTION),
        *(("one_cycle", "final_factor", v) for v in FRACTION[1:]),
        *(("cosine", "alpha", v) for v in FRACTION[1:]),
        *(("warmup_cosine", "alpha", v) for v in FRACTION[1:]),
        *(
            ("step", "at", v)
            for v in ([], 0.5, [0.7, 0.5], [0.5, 0.5], [0], [1], ["a"], "ab")
        ),
    ],
)
def test_bad_arguments(name, argument, value):
    if value != value:  # a Part holds no NaN: ask the function itself
        function = registry.lookup("schedule", name).builder()
        with pytest.raises(ValueError, match=f"`{argument}` must be"):
            function(RATE, STEPS, **{argument: value})
        return
    with pytest.raises(RecipeError, match=f"`{argument}` must be"):
        build(Part(name, **{argument: value}))
