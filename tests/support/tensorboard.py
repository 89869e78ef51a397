"""What TensorBoard itself reads from a folder of logs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ALONE = """
import sys, types
sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
"""
"""Has TensorBoard do without TensorFlow, as it does where none is installed: loading it takes 5 s."""
READER = (
    ALONE
    + """
import json
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups

folder = sys.argv[1]
runs = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(folder)
runs.Reload()
provider = data_provider.MultiplexerDataProvider(runs, folder)
backend = backend_context.Context(base_plugin.TBContext(data_provider=provider, logdir=folder))
request = api_pb2.ListSessionGroupsRequest(
    slice_size=1000, allowed_statuses=[1, 2, 3], aggregation_type=api_pb2.AGGREGATION_AVG
)
groups = list_session_groups.Handler(context.RequestContext(), backend, "", request).run().session_groups
experiment = get_experiment.Handler(context.RequestContext(), backend, "", api_pb2.GetExperimentRequest()).run()
here = {"ctx": context.RequestContext(), "experiment_id": ""}
scalars = provider.list_scalars(**here, plugin_name="scalars")
points = provider.read_scalars(**here, plugin_name="scalars", downsample=100000)
images = provider.list_blob_sequences(**here, plugin_name="images")
value = lambda held: getattr(held, held.WhichOneof("kind"))
found = {
    "scalars": {
        run: {tag: [(point.step, point.value) for point in points[run][tag]] for tag in tags}
        for run, tags in scalars.items()
    },
    "images": {run: sorted(tags) for run, tags in images.items()},
    "experiment": [info.name for info in experiment.hparam_infos],
    "metrics": [info.name.tag for info in experiment.metric_infos],
    "groups": {
        group.name: {
            "sessions": sorted(session.name for session in group.sessions),
            "settings": {name: value(held) for name, held in group.hparams.items()},
            "metrics": {metric.name.tag: metric.value for metric in group.metric_values},
        }
        for group in groups
    },
}
print("FOUND" + json.dumps(found))
"""
)


def read(folder: Path) -> dict:
    """What TensorBoard shows, by its own code in a process of its own."""
    done = subprocess.run([sys.executable, "-c", READER, str(folder)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rsplit("FOUND", 1)[1])
