"""What cdk and CloudFormation say when a permission is missing: which one, who lacks it, and where it belongs."""

from rolecall.denials.deployment import Deployment as Deployment
from rolecall.denials.reading import denials as denials
from rolecall.denials.reading import explained as explained
