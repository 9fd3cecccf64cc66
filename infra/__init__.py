"""Lamella's stack on AWS: the CDK app and its constructs, one noun a file.

It takes the routes from `lamella.routes` and nothing else of the library. Importing it tells the
CDK's libraries which Node to run on: the locked one.
"""

import os

from infra.node import FOLDER

os.environ.setdefault("JSII_NODE", str(FOLDER / "node"))
