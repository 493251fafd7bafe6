"""Renders every screen on the sample mail: `sh run screens OUT`."""

import os
import sys
import tempfile
from pathlib import Path

from tests.workspaces import opened, prepare_demo


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: sh run screens OUT")
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from triage_app.bootstrap import resources_dir
    from triage_app.gui.screens import render

    with tempfile.TemporaryDirectory() as folder:
        prepare_demo(Path(folder))
        with opened(Path(folder)) as app:
            for file in render(app, resources_dir(), Path(sys.argv[1])):
                print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
