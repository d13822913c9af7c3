"""EC2: launch templates keep what was asked for, and nothing else."""

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplateVersion

_version = LaunchTemplateVersion.__init__


def _without_own_tags(
    self: LaunchTemplateVersion, template: Any, number: int, data: dict[str, Any], description: str
) -> None:
    """moto puts the template's own tags among those for instances, which the next plan then wants to take away."""
    kept = [item for item in data.get("TagSpecifications", []) if item.get("ResourceType") != "launch-template"]
    data = {**data, "TagSpecifications": kept}
    _version(
        self,
        template,
        number,
        data if kept else {key: data[key] for key in data if key != "TagSpecifications"},
        description,
    )


LaunchTemplateVersion.__init__ = _without_own_tags
