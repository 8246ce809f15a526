"""Which roles a workspace has: one for each sound project, and one of its own where its secrets are shared."""

from collections.abc import Iterator

from rolecall.config.files import WrittenProject, WrittenWorkspace
from rolecall.config.source import PathInFile
from rolecall.config.values import short_slug
from rolecall.model import naming
from rolecall.model.invalid import InvalidValueError, four_parts


def roles_of(within: WrittenWorkspace) -> Iterator[WrittenProject | None]:
    """The projects that get a role of their own, and None for the workspace's one role."""
    shared = within.workspace.secrets_scope == "workspace"
    if shared and within.source.was_refused(("workspace_role",)):
        pass  # which has been noted
    elif shared != (within.workspace.workspace_role is not None):
        message = four_parts(
            "workspace_role",
            "given" if not shared else "nothing",
            "with secrets_scope workspace, and only there",
            "make them agree",
        )
        within.source.error("RC211", ("workspace_role",) if not shared else ("secrets_scope",), message)
    elif shared:
        yield None
    seen: dict[str, WrittenProject] = {}
    for project in within.projects:
        if _is_sound(project, seen, within) and not (shared and _has_nothing(project)):
            yield project


def _is_sound(project: WrittenProject, seen: dict[str, WrittenProject], within: WrittenWorkspace) -> bool:
    first = seen.setdefault(project.slug, project)
    at: PathInFile = (*project.path, "project") if project.path else ()
    if first is not project:
        place = first.source.location((*first.path, "project"))
        message = four_parts("project stands twice", project.slug, f"one, and {place} has it", "rename or remove one")
    elif not _is_slug(project, at):
        return False
    elif project.slug == naming.WORKSPACE_ROLE:
        message = four_parts("project", project.slug, "a slug other than `workspace`", "rename it")
    elif within.workspace.secrets_scope == "workspace" and project.project.secrets:
        message = four_parts(
            "secrets of a project that the vendor would never use",
            project.slug,
            "secrets in workspace_role",
            "move them there",
        )
        project.source.error("RC211", (*project.path, "secrets"), message)
        return False
    else:
        return True
    project.source.error("RC301", at, message)
    return False


def _is_slug(project: WrittenProject, at: PathInFile) -> bool:
    """Whether a project is called as one may be: what stands in a file has been checked, a file's name has not."""
    try:
        short_slug(project.slug, "name of a project's file")
    except InvalidValueError as error:
        project.source.error(error.rule, at, str(error))
        return False
    return True


def _has_nothing(project: WrittenProject) -> bool:
    own = project.project
    return not (own.secrets or own.statements or any(own.services.written()))
