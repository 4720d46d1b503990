"""Passwords are hashed so that guessing them from the file takes long."""

from argon2 import extract_parameters

from webui.access.passwords import fits, hashed


def test_hashes_cost_what_the_recommendation_wants() -> None:
    costs = extract_parameters(hashed("open sesame"))
    assert costs.type.name == "ID"
    assert costs.memory_cost >= 19 * 1024  # KiB
    assert costs.time_cost >= 2


def test_only_the_password_fits_and_no_hash_fits_nothing() -> None:
    kept = hashed("open sesame")
    assert kept != hashed("open sesame")  # each has its own salt
    assert fits(kept, "open sesame")
    assert not fits(kept, "open sesam")
    assert not fits(None, "nobody has this password")
    assert not fits("not a hash", "open sesame")
