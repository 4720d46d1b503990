import pytest

from webui.errors import InvalidRequest
from webui.exploring.neighbours import neighbours
from webui.generation.noise_turns import MAX_TURNS
from webui.generation.request import GenerationRequest

CENTRE = GenerationRequest(prompt="a cat", seed=7, steps=3, batch_size=4)


def test_each_neighbour_is_the_centre_with_one_more_turn_of_the_noise() -> None:
    made = neighbours(CENTRE, 0.2, 8, 0)
    assert len(made) == 8
    assert all(len(each.noise_turns) == 1 and each.noise_turns[0].share == 0.2 for each in made)
    for each in made:
        assert each.with_changes(noise_turns=()) == CENTRE.with_changes(batch_size=1)


def test_the_same_question_has_the_same_answer_and_another_round_another_one() -> None:
    assert neighbours(CENTRE, 0.2, 4, 1) == neighbours(CENTRE, 0.2, 4, 1)
    seeds = [each.noise_turns[-1].seed for turn in range(3) for each in neighbours(CENTRE, 0.2, 8, turn)]
    assert len(set(seeds)) == 24


def test_the_seeds_are_those_of_the_noise_and_not_of_the_words() -> None:
    def seeds(**changes: object) -> list[int]:
        return [each.noise_turns[-1].seed for each in neighbours(CENTRE.with_changes(**changes), 0.2, 4, 0)]

    assert seeds() == seeds(prompt="a dog", steps=9, cfg_scale=2)
    assert seeds() != seeds(seed=8)
    assert seeds() != seeds(variation_strength=0.1, variation_seed=3)


def test_a_neighbour_can_be_the_next_centre_and_the_way_to_it_is_kept() -> None:
    first = neighbours(CENTRE, 0.2, 8, 0)[3]
    second = neighbours(first, 0.1, 8, 0)[5]
    assert second.noise_turns[:1] == first.noise_turns
    assert [turn.share for turn in second.noise_turns] == [0.2, 0.1]
    assert second.noise_turns[1].seed not in {each.noise_turns[0].seed for each in neighbours(CENTRE, 0.2, 8, 0)}


def test_a_centre_without_a_fixed_seed_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        neighbours(GenerationRequest(), 0.2, 8, 0)
    assert caught.value.field == "seed"


def test_a_path_of_too_many_turns_ends_in_a_sentence() -> None:
    end = CENTRE
    for _ in range(MAX_TURNS):
        end = neighbours(end, 0.1, 1, 0)[0]
    with pytest.raises(InvalidRequest, match=f"at most {MAX_TURNS} turns"):
        neighbours(end, 0.1, 1, 0)
