import numpy as np

from webui.imaging.heat import DARK, brightest, heat, spread


def test_brightness_grows_with_the_value_and_nothing_is_dark() -> None:
    colours = heat(np.linspace(0, 1, 50))
    assert tuple(colours[0]) == DARK
    assert (np.diff(colours.astype(int).sum(1)) >= 0).all()
    assert colours[-1].min() > 200


def test_what_lies_outside_the_scale_or_is_no_number_is_an_end() -> None:
    assert np.array_equal(heat(np.array([-3.0, 7.0, np.nan])), heat(np.array([0.0, 1.0, 0.0])))


def test_a_few_outliers_do_not_make_the_rest_dark() -> None:
    maps = [np.ones((20, 20)), np.ones((20, 20))]
    maps[0][0, 0] = 1e6
    assert brightest(maps) == 1.0


def test_rounding_is_not_shown_as_if_it_were_something() -> None:
    assert brightest([np.full((4, 4), 1e-7)]) >= 1e-3
    assert brightest([]) == 1.0


def test_a_scale_always_has_two_ends() -> None:
    low, high = spread([np.zeros((4, 4))])
    assert low < high
