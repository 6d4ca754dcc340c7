"""Whether the network makes use of its inputs."""

from recipes.preflight.course import BEGUN, SMALLER
from recipes.preflight.finding import Finding

NAME = "inputs used"
NOTHING = 0.97


def check(course, network=None):
    """Compare a short training with one on zeros in place of the inputs.

    Loss with the inputs / loss without them, the mean of the last 10 of 60
    steps (of 240 where 60 tell nothing); below 0.9 passes, above 0.97 fails:
    all that is learned is how often each label comes. It is a warning where
    the network tells validation's labels after 600 steps: it begins slowly. A
    rate that is at fault is told by the check of the rate.

    Args:
        course: The `Course`.
        network: What the network has `Learned`, or None.
    """
    share = min(course.real, course.smaller) / course.blank
    expected = f"below {BEGUN}"
    words = f"Loss with inputs by loss on zeros, after {course.steps} steps."
    if share <= BEGUN:
        at = ""
        if course.smaller < course.real:
            at = f" At {SMALLER:g} of the rate."
        return Finding(NAME, "pass", share, expected, words + at)
    late = share > NOTHING and network is not None and network.found
    if late:
        return Finding(
            NAME,
            "warn",
            share,
            expected,
            f"{words} The network begins slowly: it tells validation's labels "
            f"after {late.steps}.",
            "train for more epochs, or try recipe.range_test",
        )
    return Finding(
        NAME,
        "fail" if share > NOTHING else "warn",
        share,
        expected,
        f"{words} The inputs help little or nothing.",
        "see the checks labels, input range and learning rate; look at the "
        "contact sheet",
    )
