"""The CDK app that cdk.json names; see stacks/__main__.py."""

import sys

from stacks.__main__ import main

sys.exit(main())
