"""Writes reference.json: what the samplers of the PyPI package diffusers compute, in steps and whole loops.

    pip install torch diffusers && python reference.py && npx prettier --write reference.json

Times are ours: t runs from 1 to 1000 where diffusers counts from 0 to 999, and t = 0 is the data. A step goes
from t to s. Predictions and variances have the names of diffusers. Nothing is clipped.

diffusers computes in float32; here torch's and NumPy's float32 are replaced by float64. The noise it would
draw is replaced by INPUTS["noise"] in single steps and by loop_noise in loops, where model is the network.
"""

import json
import math
import sys
from pathlib import Path
from unittest.mock import patch

import diffusers
import numpy
import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler

STEPS = 1000
COUNT = 10
FROM_THE_END = range(STEPS, 0, -STEPS // COUNT)
# diffusers' DDPM leaves out the noise of the last step only if that is from t = 1.
TO_THE_FIRST = range(STEPS - STEPS // COUNT + 1, 0, -STEPS // COUNT)
LONGEST_PATH = 20
SCHEDULES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
VARIANCES = ("fixed_small", "fixed_large")
INPUTS = {"z": [0.7, -1.3, 0.2], "output": [0.4, -0.9, 1.1], "noise": [-0.5, 1.2, 0.3]}


def row(values):
    """A batch of one, since diffusers looks for channels."""
    return torch.tensor([values], dtype=torch.float64)


def numbers(tensor):
    assert tensor.dtype == torch.float64
    return tensor.flatten().tolist()


def scheduler(kind, schedule, prediction, **options):
    made = kind(
        num_train_timesteps=STEPS,
        beta_start=1e-4,
        beta_end=0.02,
        beta_schedule=SCHEDULES[schedule],
        prediction_type=prediction,
        thresholding=False,
        **options,
    )
    assert made.alphas_cumprod.dtype == torch.float64
    return made


def ddpm(schedule, prediction, variance_type, times=None):
    made = scheduler(DDPMScheduler, schedule, prediction, variance_type=variance_type, clip_sample=False)
    if times is not None:
        made.set_timesteps(timesteps=[t - 1 for t in times])
    return made


def ddim(schedule, prediction, spacing):
    options = {"clip_sample": False, "set_alpha_to_one": True, "steps_offset": 0, "timestep_spacing": spacing}
    made = scheduler(DDIMScheduler, schedule, prediction, **options)
    made.set_timesteps(COUNT)
    return made


def dpm_solver(schedule, prediction, algorithm, times):
    made = scheduler(
        DPMSolverMultistepScheduler,
        schedule,
        prediction,
        algorithm_type=algorithm,
        solver_order=2,
        solver_type="midpoint",
        lower_order_final=True,
        final_sigmas_type="zero",
        use_karras_sigmas=False,
    )
    made.set_timesteps(timesteps=[t - 1 for t in times])
    assert made.sigmas.dtype == made.lambda_t.dtype == torch.float64
    return made


def our_times(made):
    return [t + 1 for t in made.timesteps.tolist()]


def step(made, output, t, z, noise, **options):
    module = sys.modules[type(made).__module__]
    with patch.object(module, "randn_tensor", lambda shape, **_: noise):
        return made.step(output, t - 1, z, **options).prev_sample


def single_step(made, t, **options):
    z, output, noise = (row(INPUTS[name]) for name in ("z", "output", "noise"))
    return numbers(step(made, output, t, z, noise, **options))


def ddpm_step(schedule, prediction, variance_type, t, s, times=None):
    made = ddpm(schedule, prediction, variance_type, times)
    return {
        "sampler": "ddpm",
        "schedule": schedule,
        "prediction": prediction,
        "varianceType": variance_type,
        "t": t,
        "s": s,
        # At t = 1 diffusers adds no noise, whatever _get_variance says.
        "variance": 0.0 if t == 1 else made._get_variance(t - 1).item(),
        "result": single_step(made, t),
    }


def ddim_step(schedule, prediction, eta, t):
    made = ddim(schedule, prediction, "leading")
    before = t - STEPS // COUNT
    return {
        "sampler": "ddim",
        "schedule": schedule,
        "prediction": prediction,
        "eta": eta,
        "t": t,
        "s": max(before, 0),
        "variance": eta**2 * made._get_variance(t - 1, before - 1).item(),
        "result": single_step(made, t, eta=eta),
    }


def all_steps():
    predictions = ("epsilon", "sample", "v_prediction")
    yield from (
        ddpm_step(schedule, prediction, variance_type, t, t - 1)
        for schedule in SCHEDULES
        for prediction in predictions
        for variance_type in VARIANCES
        for t in (1, 488, 1000)
    )
    yield from (
        ddpm_step(schedule, "epsilon", variance_type, 501, 101, times=(901, 501, 101, 1))
        for schedule in SCHEDULES
        for variance_type in VARIANCES
    )
    yield from (
        ddim_step(schedule, prediction, eta, t)
        for schedule in SCHEDULES
        for prediction in ("epsilon", "v_prediction")
        for eta in (0, 0.5, 1)
        for t in (901, 401, 1)
    )


def model(prediction, z, t):
    if prediction == "sample":
        return 0.8 * z * math.cos(t / 400) + 0.05
    return 0.6 * z * math.cos(t / 200) + 0.1 * math.sin(t / 50)


def loop_noise(k):
    return row([math.sin(3 * k + i) for i in (1, 2, 3)])


def loop(made, **options):
    """The times, with the data's 0 at their end, and z after each step."""
    times, z, path = our_times(made), row(INPUTS["z"]), []
    for k, t in enumerate(times):
        output = model(made.config.prediction_type, z, t)
        z = step(made, output, t, z, loop_noise(k), **options)
        path.append(numbers(z))
    outcome = {"times": times + [0], "result": path[-1]}
    return outcome | ({"path": path} if len(times) <= LONGEST_PATH else {})


def ddpm_loop(prediction, variance_type, times=None):
    names = {"sampler": "ddpm", "schedule": "linear", "prediction": prediction, "varianceType": variance_type}
    return names | loop(ddpm("linear", prediction, variance_type, times))


def ddim_loop(schedule, prediction, eta, spacing):
    names = {"sampler": "ddim", "schedule": schedule, "prediction": prediction, "eta": eta}
    return names | loop(ddim(schedule, prediction, spacing), eta=eta)


def dpm_solver_loop(schedule, prediction, algorithm):
    names = {"sampler": algorithm, "schedule": schedule, "prediction": prediction}
    return names | loop(dpm_solver(schedule, prediction, algorithm, FROM_THE_END))


def all_loops():
    """With epsilon z grows large beside the noise, so that every sampler has loops with sample too."""
    yield from (ddpm_loop("epsilon", variance_type) for variance_type in VARIANCES)
    yield from (ddpm_loop("sample", variance_type, TO_THE_FIRST) for variance_type in VARIANCES)
    for schedule in SCHEDULES:
        for prediction, eta in (("epsilon", 0), ("epsilon", 1), ("sample", 0)):
            yield ddim_loop(schedule, prediction, eta, "leading")
            yield ddim_loop(schedule, prediction, eta, "trailing")
        yield ddim_loop(schedule, "sample", 1, "trailing")
        for algorithm in ("dpmsolver++", "sde-dpmsolver++"):
            yield dpm_solver_loop(schedule, "epsilon", algorithm)
            yield dpm_solver_loop(schedule, "sample", algorithm)


def timesteps(spacing):
    return {"spacing": spacing, "count": COUNT, "times": our_times(ddim("linear", "epsilon", spacing))}


if __name__ == "__main__":
    with patch("torch.float32", torch.float64), patch("numpy.float32", numpy.float64):
        reference = {
            "diffusers": diffusers.__version__,
            "inputs": INPUTS,
            "steps": list(all_steps()),
            "loops": list(all_loops()),
            "timesteps": [timesteps(spacing) for spacing in ("leading", "linspace", "trailing")],
        }
    Path(__file__).with_name("reference.json").write_text(json.dumps(reference, indent=2) + "\n")
