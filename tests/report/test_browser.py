"""The page in a browser: from disk, in silence, wide and narrow, both grounds.

With `pip install selenium`, a Chromium and its driver; the pictures that are
taken lie in the folder that PAGES names, if it does.
"""

import base64
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recipes.report.style import DARK, LIGHT

webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
pytestmark = pytest.mark.slow
# Elements whose right side is not seen, but where a box scrolls within itself.
BEYOND = """
const wide = document.documentElement.clientWidth;
return [...document.querySelectorAll('body *')]
  .filter(e => !e.parentElement.closest('.box, svg'))
  .filter(e => e.getBoundingClientRect().right > wide + 0.5)
  .map(e => e.tagName + ' ' + e.className);
"""
LOADED = """
return [...document.images].every(i => i.complete && i.naturalWidth > 0);
"""


@pytest.fixture(scope="module")
def browser():
    """A Chromium without a window."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no Chromium, or no chromedriver, is installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for each in ("headless=new", "no-sandbox", "disable-dev-shm-usage"):
        options.add_argument(f"--{each}")
    options.add_argument("--hide-scrollbars")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(driver)
    with webdriver.Chrome(options=options, service=service) as found:
        yield found


def opened(browser, path, width, scheme):
    """Open a page from disk; return what the browser has to say against it."""
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    size = {"width": width, "height": 900, "deviceScaleFactor": 1}
    size["mobile"] = width < 600
    ask = browser.execute_cdp_cmd
    ask("Emulation.setEmulatedMedia", {"features": media})
    ask("Emulation.setDeviceMetricsOverride", size)
    browser.get_log("browser")
    browser.get(Path(path).absolute().as_uri())
    said = [entry["message"] for entry in browser.get_log("browser")]
    across = "return document.documentElement.scrollWidth"
    if browser.execute_script(across) != width:
        said.append("it scrolls sideways")
    return said + browser.execute_script(BEYOND)


def seen(browser, width):
    """Return the pixels of the whole page."""
    height = browser.execute_script(
        "return document.documentElement.scrollHeight"
    )
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
    )
    return Image.open(io.BytesIO(base64.b64decode(taken["data"])))


@pytest.fixture(scope="module")
def pages(digits_page, hostile_run, text_run, number_run, tmp_path_factory):
    """Name → path of each page."""
    folder = tmp_path_factory.mktemp("pages")
    found = {"digits": digits_page[0]}
    for name, given in {"hostile": hostile_run, "text": text_run}.items():
        found[name] = given[0].report(folder / f"{name}.html", given[1])
    found["number"] = number_run.report(folder / "number.html")
    return found


@pytest.mark.parametrize("scheme, ground", [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("width", [400, 1400])
def test_it_is_quiet_and_fits(browser, pages, width, scheme, ground):
    for name, path in pages.items():
        assert opened(browser, path, width, scheme) == [], name
        assert browser.execute_script(LOADED)
        picture = seen(browser, width)
        pixels = np.asarray(picture.convert("RGB"))
        color = tuple(int(ground[i : i + 2], 16) for i in (1, 3, 5))
        assert tuple(pixels[0, 0]) == color
        share = (pixels == np.array(color)).all(axis=2).mean()
        assert 0.5 < share < 0.98  # neither empty nor on another ground
        if "PAGES" in os.environ:
            file = f"{name}-{width}-{scheme}.png"
            picture.save(Path(os.environ["PAGES"], file))


def test_words_of_pictures_are_of_the_pages_ink(browser, pages):
    for scheme in ("light", "dark"):
        opened(browser, pages["digits"], 1400, scheme)
        colors = browser.execute_script(
            "return [getComputedStyle(document.body).color, ...new Set("
            "[...document.querySelectorAll('svg text')]"
            ".map(e => getComputedStyle(e).fill))]"
        )
        assert len(set(colors)) == 1, colors


def test_what_is_wrong_would_be_seen(browser, pages, tmp_path):
    source = pages["digits"].read_text()
    wide = '<p style="width:2000px;max-width:none">x</p></main>'
    script = "<script>document.title = 'run'</script></main>"
    image = '<img src="https://example.invalid/a.png" alt="a"></main>'
    for wrong, found in {
        wide: "it scrolls sideways",
        script: "Content Security Policy",
        image: "Content Security Policy",
    }.items():
        path = tmp_path / "wrong.html"
        path.write_text(source.replace("</main>", wrong))
        said = opened(browser, path, 400, "light")
        assert any(found in each for each in said), said
        assert browser.title != "run"
