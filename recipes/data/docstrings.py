"""Sentences of the standard library's docstrings: texts without a network."""

import ast
import re
import sysconfig
import warnings
from pathlib import Path

import numpy as np

from recipes.data.raw import Raw
from recipes.data.texts import TextSource
from recipes.errors import DataError

TOPICS = {
    "concurrency": """asyncio concurrent multiprocessing threading
        _threading_local queue sched selectors subprocess contextvars
        signal""",
    "files": """os pathlib posixpath ntpath genericpath shutil tempfile glob
        fnmatch zipfile tarfile gzip bz2 lzma _compression filecmp fileinput
        _pyio io zipimport stat dbm shelve mimetypes""",
    "network": """email http urllib smtplib ftplib imaplib poplib socket
        socketserver ssl xmlrpc ipaddress mailbox html webbrowser wsgiref
        netrc""",
    "numbers": """statistics random fractions _pydecimal decimal numbers
        datetime _pydatetime calendar colorsys zoneinfo _strptime heapq bisect
        hashlib""",
    "text": """string textwrap difflib re gettext locale codecs csv
        json configparser optparse argparse cmd tokenize shlex pprint reprlib
        unicodedata stringprep""",
}
MOST = 1000  # sentences of each topic
FEWEST = 100
WORDS = range(5, 61)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def docstrings():
    """Return sentences from Python's standard library, labelled by topic.

    Topics: concurrency, files, network, numbers, text; each is a list of
    modules whose source files are read, not imported, in the running Python's
    own library (without its tests). A text is a sentence of 5 to 60 words from
    the docstring of a module, class or function; code examples are left out.
    Words that give the topic away, names of modules among them, stay: such
    texts have them.

    Sentences that differ in no letter count once, and those that stand in two
    topics not at all, so that no sentence is in two splits. But splits are
    drawn by sentence: neighbors from one docstring may be parted. At most 1,000
    sentences a topic are kept, spread evenly over its sorted sentences.

    Python 3.11 has 4,652 texts: 1,000 on each of concurrency, files and
    network, 787 on numbers, 865 on text; the majority class is 21 %. Other
    versions have other counts; the same Python always gives the same texts.

    Raises:
        DataError: Where Python comes without its source files.
    """
    library = Path(sysconfig.get_path("stdlib"))
    found = {}
    for topic, modules in TOPICS.items():
        sentences = {}
        for path in _files(library, modules.split()):
            for sentence in _sentences(path):
                sentences.setdefault(_letters(sentence), sentence)
        found[topic] = sentences
    texts, labels = [], []
    for number, (topic, sentences) in enumerate(found.items()):
        others = set().union(*(found[t] for t in found if t != topic))
        kept = sorted(sentences[key] for key in sentences.keys() - others)
        if len(kept) < FEWEST:
            raise DataError(
                f"{len(kept)} sentences on {topic}",
                f"at least {FEWEST}",
                "use a Python whose standard library lies there as .py files",
                file=library,
            )
        places = np.linspace(0, len(kept) - 1, min(MOST, len(kept)))
        texts += [kept[int(place)] for place in places]
        labels += [number] * len(places)
    return Raw(
        "docstrings",
        {"all": (TextSource(np.array(texts, object)), np.array(labels))},
        features="text",
        target="class",
        class_names=tuple(TOPICS),
    )


def _files(library, modules):
    """Yield the source files of modules and packages, without tests."""
    for module in modules:
        path = library / f"{module}.py"
        if path.is_file():
            yield path
        for below in sorted((library / module).rglob("*.py")):
            if not {"test", "tests"} & set(below.parts):
                yield below


def _sentences(path):
    """Yield the sentences in the docstrings of a source file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a newer Python's, on old code
        tree = ast.parse(path.read_bytes())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        text = isinstance(node, kinds) and ast.get_docstring(node)
        for paragraph in re.split(r"\n\s*\n", text or ""):
            if ">>>" in paragraph:
                continue
            for sentence in SENTENCE_END.split(" ".join(paragraph.split())):
                if _is_prose(sentence):
                    yield sentence


def _is_prose(sentence):
    """Whether a sentence ends as one, and is made of words for the most."""
    words = sentence.split()
    plain = sum(bool(re.fullmatch(r"[A-Za-z'-]+[.,;:!?]*", w)) for w in words)
    ended = sentence.endswith((".", "!", "?", ":"))
    return ended and len(words) in WORDS and plain >= 0.7 * len(words)


def _letters(sentence):
    """Return what two sentences that count as one have in common."""
    return re.sub(r"[^a-z]+", "", sentence.lower())
