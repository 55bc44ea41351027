"""Every text that a flow of the integration shows is there, whatever it shows."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResultType
import pytest

import custom_components.amp_guard as integration

FOLDER = Path(integration.__file__).parent / "translations"
ENGLISH = json.loads((FOLDER / "en.json").read_text())
PLACEHOLDER = re.compile(r"{(\w+)}")


def texts_of(flow: FlowHandler) -> dict[str, Any]:
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
        result = await handle(self, flow, *args)
        if type(flow).__module__.startswith(integration.__name__):
            assert_told(texts_of(flow), result)
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", watched)
