"""gancore: why a small GAN does or doesn't learn a distribution, and which change fixes it.

Importing it takes well under half a second and never loads TensorFlow.
"""

from gancore import datasets as datasets
from gancore.config import RESULTS_VERSION, ConfigError, RunConfig, flatten, parse_config, with_changes
from gancore.training import losses as losses

__version__ = "0.1.0"

__all__ = ["RESULTS_VERSION", "ConfigError", "RunConfig", "__version__", "flatten", "parse_config", "with_changes"]
