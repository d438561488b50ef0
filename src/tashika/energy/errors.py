"""What can be wrong with readings and with what the configuration declares."""

from tashika.core.errors import MalformedError, UsageError


class MalformedReadingError(MalformedError):
    """A recorded reading is not one, or a run has none."""

    code = "energy.malformed-reading"


class EnergyOptionsError(UsageError):
    """``[plan.energy]`` says something that cannot be meant."""

    code = "energy.options"
