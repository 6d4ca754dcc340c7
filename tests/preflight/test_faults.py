"""Every planted fault is found by its check, and the clean twins pass."""

import pytest

from tests.preflight import faults

pytestmark = pytest.mark.slow
FAULTS = (
    "labels shuffled",
    "classes shifted in validation",
    "0 to 16",
    "softmax",
    "rate",
    "frozen head",
    "frozen by a table",
    "too small",
    "same images",
    "6 and 9 by rotation",
)
TWINS = (
    "digits",
    "digits, standard",
    "digits as splits",
    "wine",
    "breast_cancer",
    "diabetes",
    "glyphnet",
)


@pytest.fixture(scope="module")
def planted():
    found = faults.planted()
    assert set(found) == set(FAULTS)
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name, planted):
    recipe, data, wanted = planted[name]
    found = recipe.check(data, verbose=False)
    assert found.verdict == "fail"
    assert found.failed() == [wanted]
    assert found[wanted].mend
    changes = found[wanted].changes
    if wanted in ("learning rate", "handful"):  # what is proposed mends it
        mended = recipe.replace(**changes).check(data, verbose=False)
        assert wanted not in mended.failed()


@pytest.fixture(scope="module")
def twins():
    found = faults.twins()
    assert set(found) == set(TWINS)
    return found


@pytest.mark.parametrize("name", TWINS)
def test_a_clean_twin_passes(name, twins):
    recipe, data = twins[name]
    found = recipe.check(data, verbose=False)
    assert found.verdict == "pass", str(found)
