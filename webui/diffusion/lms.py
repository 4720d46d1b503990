"""Diffusers' LMS scheduler, without the eight milliseconds that it takes to find out each step's coefficients."""

import numpy as np
from diffusers import LMSDiscreteScheduler
from scipy import integrate


class LMSScheduler(LMSDiscreteScheduler):
    """Linear multistep (Adams-Bashforth) over the last predictions, as k-diffusion has it."""

    def get_lms_coefficient(self, order: int, t: int, current_order: int) -> float:
        """As diffusers', to the last bit; its polynomial is computed with numpy's numbers and not with tensors."""
        sigmas = self.sigmas[max(t - order, 0) : t + 2].numpy()
        now = len(sigmas) - 2
        own = sigmas[now - current_order]
        others = [sigmas[now - k] for k in range(order) if k != current_order]

        def polynomial(tau: float) -> np.float32 | float:
            product = 1.0
            for other in others:
                product *= (np.float32(tau) - other) / (own - other)
            return product

        return integrate.quad(polynomial, sigmas[now], sigmas[now + 1], epsrel=1e-4)[0]
