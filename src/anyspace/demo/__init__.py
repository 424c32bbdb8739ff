"""Two real Gradio Spaces that run here, for trying and for testing.

One has the endpoints, parameters and outputs of ``black-forest-labs/FLUX.1-schnell``,
the other those of ``mukaist/Midjourney``. No model is behind them: the pictures are
painted by procedure, from the words of the prompt and the seed, and say so.

    >>> with launch("flux") as space:  # doctest: +SKIP
    ...     anyspace.text_to_image("a red fox in snow", model=space.url)

They need Gradio, which ``pip install 'anyspace[demo]'`` brings; importing this
package does not load it.
"""

from anyspace.demo._facts import DEMOS, NOTICE, Demo
from anyspace.demo._launch import DemoSpace, launch, launch_all

__all__ = ["DEMOS", "NOTICE", "Demo", "DemoSpace", "launch", "launch_all"]
