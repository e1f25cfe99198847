"""One glossary: every key in both languages, with the same gaps, and no key that a page asks for in vain."""

import re
from pathlib import Path
from string import Formatter

import pytest

from layouts.wording.words import LANGUAGES, UnknownLanguage, load_words

ROOT = Path(__file__).resolve().parents[2]
OF_PAGES = (
    "page|metric|direction|column|states|state|live|reason|trend|drawer|look|chip|bar|flag|judge"
    "|alert|health|me|campaign|curve"
)
OF_SCRIPTS = "live|state|drawer|act|look|flag|said|judge|alert|episode|do|me|rollup|campaign|curve"
USED_IN_PYTHON = re.compile(rf'"((?:{OF_PAGES})\.[a-z0-9_]+)"')
USED_IN_SCRIPTS = re.compile(rf'word\("((?:{OF_SCRIPTS})\.[a-z_]+)"')


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    zh, en = (load_words(lang).table for lang in LANGUAGES)
    assert set(zh) == set(en)
    assert len(zh) > 60


def test_a_sentence_has_the_same_gaps_in_both_languages() -> None:
    zh, en = (load_words(lang).table for lang in LANGUAGES)
    assert {key: _gaps(zh[key]) for key in zh} == {key: _gaps(en[key]) for key in zh}


def test_no_word_is_empty() -> None:
    assert [key for lang in LANGUAGES for key, text in load_words(lang).table.items() if not text.strip()] == []


def test_every_key_that_is_named_exists() -> None:
    python = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "layouts").rglob("*.py"))
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "assets").rglob("*.js"))
    named = set(USED_IN_PYTHON.findall(python)) | set(USED_IN_SCRIPTS.findall(scripts))
    assert len(named) > 20
    assert named - set(load_words("zh").table) == set()


def test_the_glossary_is_kept() -> None:
    zh, en = (load_words(lang).table for lang in LANGUAGES)
    terms = {"metric.handled": ("话务量", "Handled"), "metric.deducted": ("扣减", "Deducted"), "metric.net": ("净话务量", "Net"),
             "metric.qa": ("质检分", "QA score"), "state.wrap": ("话后处理", "Wrap-up"), "live.live": ("实时", "Live"),
             "metric.repeat_enquiry": ("二次咨询", "Repeat enquiry"), "flag.review": ("重点辅导", "Review"),
             "flag.watch": ("关注", "Watch"), "flag.drop": ("骤降", "Drop"), "flag.too_early": ("样本不足", "Too early"),
             "look.title": ("今日先看", "Look first"), "do.acknowledge": ("知悉并跟进", "Acknowledge"),
             "column.csat": ("满意 n", "CSAT n")}  # fmt: skip
    assert {key: (zh[key], en[key]) for key in terms} == terms


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage, match="zh, en"):
        load_words("fr")
