"""The step scrubber is put together from the parts of several hands: they must fit."""

import re
from collections import Counter

from webui.ui.step_scrubber.step_scrubber import FOLDER, SCRIPTS, markup

TEXTS = {name: (FOLDER / name).read_text("utf-8") for name in SCRIPTS}


def test_no_two_scripts_declare_the_same_name() -> None:
    # They share one function: a second function of a name would silently take the place of the first.
    declared = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
    names = Counter(name for text in TEXTS.values() for name in declared.findall(text))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_part_that_a_script_asks_for_is_in_the_markup_once() -> None:
    there = Counter(re.findall(r"data-part=\"([\w-]+)\"", markup()))
    own = [text for name, text in TEXTS.items() if not name.startswith("..")]
    asked = set(re.findall(r"\bpart\(\"([\w-]+)\"\)", "\n".join(own)))
    assert asked <= there.keys()
    assert [name for name, count in there.items() if count > 1] == []


def test_every_part_of_the_markup_is_put_in_and_holds_nothing_that_gradios_templates_would_run() -> None:
    whole = markup()
    assert "<!--" not in whole
    for sign in ("${", "{{", "<script"):
        assert sign not in whole


def test_every_label_belongs_to_an_element() -> None:
    whole = markup()
    ids = set(re.findall(r"\bid=\"([\w-]+)\"", whole))
    assert set(re.findall(r"\bfor=\"([\w-]+)\"", whole)) <= ids
