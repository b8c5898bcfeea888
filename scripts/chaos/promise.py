"""What a scenario promises."""


class Failed(Exception):
    """A violated guarantee."""


def expect(kept, promise):
    if not kept:
        raise Failed(promise)
