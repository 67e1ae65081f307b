"""Which requests of a journey are about what an input names: by that name, or by what was looked up under it. Pure.

Shops know their orders by a number on the page and by another key inside; ``/orders/{number}`` answers with the key,
and the request that cancels the order says the key alone.
"""

from probes.shop.journey import Journey, Step
from probes.shop.templates import names


def led_by(journey: Journey, name: str) -> frozenset[str]:
    """Return the ids of the steps whose requests are made of an input, or of what earlier such steps gave.

    What is secret (a token) says nothing of what a request is about.
    """
    known, led = {name}, set()
    for step in journey.steps:
        if _made_of(step) & known:
            led.add(step.step_id)
            known |= {output for output, taken in step.outputs.items() if not taken.secret}
    return frozenset(led)


def _made_of(step: Step) -> frozenset[str]:
    return frozenset().union(*(names(part) for part in (step.path or "", step.query, step.said)))
