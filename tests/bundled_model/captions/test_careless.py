"""What people write around captions, and how they misspell them."""

import random

from bundled_model.captions.careless import embellished, flourishes, misspelt, telegraphic, with_others

CAPTION = "a red lighthouse on the left of the sea, at night"


def test_an_embellished_caption_still_holds_the_caption() -> None:
    rng = random.Random(1)
    texts = {embellished(CAPTION, rng, share=1.0) for _ in range(100)}
    assert all(CAPTION in text and text != CAPTION for text in texts)
    assert any(text.startswith("please draw a red") for text in (embellished(CAPTION, rng, 1.0) for _ in range(3000)))


def test_mostly_nothing_is_added() -> None:
    rng = random.Random(2)
    assert sum(embellished(CAPTION, rng) == CAPTION for _ in range(1000)) > 750


def test_requests_have_one_gap_and_praise_has_none() -> None:
    praises, requests = flourishes()
    assert len(praises) > 80
    assert all(request.count("{}") == 1 for request in requests)
    assert not [praise for praise in praises if "{" in praise]


def test_telegrams_lose_small_words_only() -> None:
    rng = random.Random(3)
    for _ in range(50):
        kept = telegraphic(CAPTION, rng).replace(",", "").split()
        assert [word for word in kept if len(word) > 3] == ["lighthouse", "left", "night"]
    assert telegraphic("in the", random.Random(1))


def test_a_slip_changes_one_long_word_by_a_letter() -> None:
    rng = random.Random(4)
    for _ in range(100):
        changed = [
            pair for pair in zip(CAPTION.split(), misspelt(CAPTION, rng).split(), strict=True) if len(set(pair)) > 1
        ]
        assert len(changed) <= 1
        assert all(abs(len(before) - len(after)) <= 1 and before[0] == after[0] for before, after in changed)
    assert misspelt("a sea", rng) == "a sea"


def test_other_words_are_put_between_those_of_the_caption() -> None:
    words = with_others(CAPTION, ("xyz",), random.Random(5)).split()
    assert 1 <= words.count("xyz") <= 4
    assert " ".join(word for word in words if word != "xyz") == CAPTION
