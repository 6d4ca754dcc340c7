"""Every planted fault is found by its check, and the clean twins pass."""

import pytest

from tests.preflight import faults

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", faults.NINE)
def test_a_planted_fault_is_found(name):
    recipe, data, wanted = faults.planted()[name]
    found = recipe.check(data, verbose=False)
    assert found.verdict == "fail"
    assert found.failed() == [wanted]
    assert found[wanted].mend
    changes = found[wanted].changes
    if wanted in ("learning rate", "handful"):  # what is proposed mends it
        mended = recipe.replace(**changes).check(data, verbose=False)
        assert wanted not in mended.failed()


@pytest.mark.parametrize("name", faults.TWINS)
def test_a_clean_twin_passes(name):
    recipe, data = faults.twins()[name]
    found = recipe.check(data, verbose=False)
    assert found.verdict == "pass", str(found)
