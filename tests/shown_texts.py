"""Every text that the integration shows is there, and is given what it is filled with."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

import custom_components.amp_guard as integration
from custom_components.amp_guard.const import DOMAIN

FOLDER = Path(integration.__file__).parent / "translations"
ENGLISH = json.loads((FOLDER / "en.json").read_text())
PLACEHOLDER = re.compile(r"{(\w+)}")


def texts_of(flow: FlowHandler) -> dict[str, Any]:
    if isinstance(flow, RepairsFlow):
        issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
        # It may be mended, and gone, by now.
        return (
            {}
            if issue is None
            else ENGLISH["issues"][issue.translation_key]["fix_flow"]
        )
    if isinstance(flow, ConfigSubentryFlow):
        return ENGLISH["config_subentries"][flow.handler[1]]
    return ENGLISH["options" if isinstance(flow, OptionsFlow) else "config"]


def assert_told(texts: dict[str, Any], result: dict[str, Any]) -> None:
    """Fail where a result shows what has no text, or a text what is not given."""
    if result["type"] is FlowResultType.ABORT:
        if not result.get("translation_domain"):
            assert result["reason"] in texts["abort"]
        return
    if result["type"] not in (FlowResultType.FORM, FlowResultType.MENU):
        return
    step = texts["step"][result["step_id"]]
    for error in (result.get("errors") or {}).values():
        assert error in texts["error"]
    assert set(result.get("menu_options") or ()) <= set(step.get("menu_options", ()))
    wanted = PLACEHOLDER.findall(step["title"] + step.get("description", ""))
    assert set(wanted) <= set(result.get("description_placeholders") or ())


@pytest.fixture(autouse=True)
def _flows_find_their_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at each step that is shown."""
    handle = FlowManager._async_handle_step

    async def watched(self: FlowManager, flow: FlowHandler, *args: object) -> dict:
        if not type(flow).__module__.startswith(integration.__name__):
            return await handle(self, flow, *args)
        texts = texts_of(flow)  # of an issue, which what it mends takes back
        result = await handle(self, flow, *args)
        assert_told(texts, result)
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", watched)


def is_filled(kind: str, key: str, given: Mapping[str, str] | None) -> bool:
    """Say whether an error or issue has its text and all that the text wants."""
    texts = json.dumps(ENGLISH[kind].get(key, {"": "{no_text}"}))
    return set(PLACEHOLDER.findall(texts)) <= set(given or ())


@pytest.fixture(autouse=True)
def _errors_and_issues_find_their_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Look at each error that is raised and at each issue that is told.

    Only at the end: what is raised meanwhile may be caught.
    """
    unfilled: list[str] = []
    create, init = ir.async_create_issue, HomeAssistantError.__init__

    def created(
        hass: HomeAssistant, domain: str, issue_id: str, **details: Any
    ) -> None:
        key, given = details["translation_key"], details.get("translation_placeholders")
        if domain == DOMAIN and not is_filled("issues", key, given):
            unfilled.append(key)
        create(hass, domain, issue_id, **details)

    def initialised(self: HomeAssistantError, *args: object, **details: Any) -> None:
        init(self, *args, **details)
        key, given = self.translation_key, self.translation_placeholders
        if self.translation_domain == DOMAIN and not is_filled(
            "exceptions", key or "", given
        ):
            unfilled.append(str(key))

    monkeypatch.setattr(ir, "async_create_issue", created)
    monkeypatch.setattr(HomeAssistantError, "__init__", initialised)
    yield
    assert unfilled == []
