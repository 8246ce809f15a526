"""Anybody's CloudFormation templates: the roles in them as plain policy documents, with the place of every part.

A value that only a deployment would know is text in guillemets: `«VendorAccount»` for a parameter without a default,
`«AWS::AccountId»`, `«Role.Arn»`, `«Fn::GetAtt Custom.Arn»` for what others may fill in, `«Fn::ImportValue name»`, also
within other text. Guillemets that somebody wrote into the file are none of these: they are read as other signs.
"""

from rolecall.cloudformation.reading import read_template
from rolecall.cloudformation.role import PolicyText, RoleVariant, TemplateFile, TemplateRole, TemplateSecret

__all__ = ["PolicyText", "RoleVariant", "TemplateFile", "TemplateRole", "TemplateSecret", "read_template"]
