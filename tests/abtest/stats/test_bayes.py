"""Against simulation, and the integral that two arms have."""

import math

import numpy as np
import pytest
from scipy import special, stats

from playbook.abtest.decision import stakes
from playbook.abtest.stats import bayes
from playbook.abtest.stats.bayes import best_rates, losses_of_rates


def test_best_of_three_means_by_simulation() -> None:
    draws = np.random.default_rng(7).normal([0.0, 0.5, 0.8], [1.0, 1.0, 0.5], (400_000, 3))
    simulated = np.bincount(draws.argmax(axis=1)) / len(draws)
    assert bayes.best_means([(0.0, 1.0), (0.5, 1.0), (0.8, 0.5)]) == pytest.approx(
        simulated, abs=0.004
    )


@pytest.mark.parametrize(
    ("gain", "errors"),
    [(0.0, (1.0, 1.0)), (0.5, (0.02, 1.0)), (3.0, (1.0, 2.0)), (-8.0, (1.0, 1.0))],
)
def test_the_loss_of_one_of_two_arms_is_the_normal_loss_integral(
    gain: float, errors: tuple[float, float]
) -> None:
    found = bayes.losses_of_means([(100.0, errors[0]), (100.0 + gain, errors[1])])
    se = math.hypot(*errors)
    expected = [stakes.expected_loss(-gain, se), stakes.expected_loss(gain, se)]
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_losses_of_three_arms_by_simulation() -> None:
    generator = np.random.default_rng(5)
    drawn = generator.normal([0.0, 0.5, 0.6], [1.0, 0.3, 0.5], (400_000, 3))
    expected = (drawn.max(axis=1, keepdims=True) - drawn).mean(axis=0)
    assert bayes.losses_of_means([(0.0, 1.0), (0.5, 0.3), (0.6, 0.5)]) == pytest.approx(
        expected, abs=5e-3
    )


def test_of_two_arms_the_better_is_that_whose_difference_is_above_nothing() -> None:
    found = bayes.best_means([(10.0, 0.3), (10.5, 0.4)])
    assert found == pytest.approx([stats.norm.sf(1.0), stats.norm.cdf(1.0)], rel=1e-6)
    assert sum(found) == pytest.approx(1)


def test_rates_have_the_chance_of_their_beta_posteriors() -> None:
    """Miller's sum for two arms, and draws for three; lower is the mirror image of higher."""
    counts = [(2, 100), (8, 100)]
    first, second = (3, 99), (9, 93)
    exact = sum(
        math.exp(
            special.betaln(first[0] + i, first[1] + second[1])
            - math.log(second[1] + i)
            - special.betaln(1 + i, second[1])
            - special.betaln(*first)
        )
        for i in range(second[0])
    )
    assert best_rates(counts)[1] == pytest.approx(exact, abs=1e-6)
    assert best_rates(counts, "lower")[1] == pytest.approx(1 - exact, abs=1e-6)
    draws = np.random.default_rng(0)
    three = [(3, 50), (5, 50), (4, 60)]
    drawn = np.stack([draws.beta(1 + hits, 1 + n - hits, 300_000) for hits, n in three])
    wanted = np.bincount(drawn.argmax(axis=0), minlength=3) / 300_000
    assert best_rates(three) == pytest.approx(wanted, abs=0.003)
    losses = (drawn.max(axis=0) - drawn).mean(axis=1)
    assert losses_of_rates(three) == pytest.approx(losses, rel=0.02)
    fewest = (drawn - drawn.min(axis=0)).mean(axis=1)
    assert losses_of_rates(three, "lower") == pytest.approx(fewest, rel=0.02)
