"""More time for a tune that had too little: what it left out is tried."""

from recipes.six_steps.arguments import LEAST_SEEDS
from recipes.six_steps.budget import said

BOUGHT, ENDED = "bought", "ended"


def prefix(number):
    """Return what folders and outcomes of a round begin with.

    >>> prefix(0), prefix(2)
    ('', 'more-2/')
    """
    return f"more-{number}/" if number else ""


def bought(state):
    """Return [budget before, budget then] of each time that more was given."""
    return state.outcomes.get(BOUGHT, [])


def is_open(state):
    """Whether a round that was bought has not ended."""
    number = len(bought(state))
    return number > 0 and prefix(number) + ENDED not in state.outcomes


def lacks_time(state):
    """Whether the last round has ended, and a change is left out.

    Of tunes of an earlier version that is not known, and taken for so. So is
    a round that was bought by a process that was killed at once.
    """
    name = prefix(len(bought(state))) + ENDED
    if name not in state.outcomes:
        return is_open(state)
    return (state.outcomes[name] or {"late": True})["late"]


def refused(state, old, seconds):
    """Return why another budget changes nothing, or None where it does.

    Args:
        state: The `State`.
        old: What tune.json says.
        seconds: The budget that is given now.
    """
    if seconds <= max(old["budget"], old["spent"]):
        spent = f"{said(old['spent'])} of {said(old['budget'])} are spent"
        return f"a budget of {said(seconds)} changes nothing: {spent}"
    if not lacks_time(state):
        return "no change was left out for lack of time: more is not used"
    return None


def go_on(state, old, seconds):
    """Begin another round where a tune is given more time than it had.

    Args:
        state: The `State`.
        old: What tune.json says, or None; it is not `finished` afterwards if
            there is a round to do.
        seconds: The budget that is given now.

    Returns:
        Why another budget changes nothing; None where it does, or is none.
    """
    if old is None or seconds == old["budget"]:
        return None
    why = refused(state, old, seconds)
    if why is None:
        buy(state, old, seconds)
        old["finished"] = False
    return why


def buy(state, old, seconds):
    """Begin another round, with more time, on disk; not beside an open one."""
    if is_open(state):
        return
    state.outcomes[BOUGHT] = [*bought(state), [old["budget"], seconds]]
    state.write()


def compared(winner):
    """Whether a winner has as many scores as a comparison needs."""
    return winner is not None and len(winner.scores) >= LEAST_SEEDS


def tell(work, number):
    """Log that a round begins."""

    def compute():
        before, now = bought(work.state)[number - 1]
        work.decide(
            6,
            "more time",
            f"The budget is {said(now)} in place of {said(before)}: what was "
            "left out for lack of time is looked at again.",
            numbers={"budget": float(now)},
        )

    if number:
        work.state.once(work.at("begun"), compute)
