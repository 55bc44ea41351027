import { beforeAll, expect, it, vi } from "vitest";
import type { HomeAssistant } from "../src/home-assistant";

let dashboard: (typeof import("../src/strategy"))["dashboard"];
beforeAll(async () => {
  vi.stubGlobal("HTMLElement", class {});
  vi.stubGlobal("customElements", { get: () => undefined, define: () => undefined });
  ({ dashboard } = await import("../src/strategy"));
});

const entity = (device_id: string, translation_key: string, more: object = {}) => ({
  platform: "amp_guard",
  device_id,
  translation_key,
  ...more,
});

function hass(): HomeAssistant {
  const device = (name: string) => ({ name, primary_config_entry: "e" });
  return {
    locale: { language: "sv", number_format: "language", time_format: "language" },
    localize: () => "",
    devices: { m: device("Meter"), g: device("Drive"), c: device("Garage") },
    entities: {
      "sensor.meter_l2": entity("m", "current"),
      "sensor.meter_l1": entity("m", "current"),
      "switch.drive": entity("g", "load_balancing"),
      "event.drive": entity("g", "fuse"),
      "sensor.garage": entity("c", "drawn_current"),
      "sensor.energy": entity("c", "energy"),
      "select.garage": entity("c", "priority", { entity_category: "config" }),
      "light.of_another": { platform: "hue", device_id: "x", translation_key: "current" },
    },
  } as unknown as HomeAssistant;
}

interface View {
  path: string;
  title: string;
  sections: { cards: Record<string, unknown>[] }[];
}
const views = (settings: object, of: HomeAssistant): Record<string, View> =>
  Object.fromEntries((dashboard(settings, of) as { views: View[] }).views.map((v) => [v.path, v]));

it("has a view for each question, in the user's language", () => {
  const made = views({}, hass());
  expect(Object.keys(made)).toEqual(["site", "history", "energy", "events", "settings"]);
  expect(made["site"]!.title).toBe("Huvudsäkring");
  expect(made["site"]!.sections[0]!.cards[0]).toMatchObject({
    type: "custom:amp-guard-card",
    entry_id: "e",
  });
});

it("shows what is there, in the order of the phases, and nothing of others", () => {
  const made = views({}, hass());
  const told = JSON.stringify(made);
  expect(told).not.toContain("light.of_another");
  const entities = made["history"]!.sections[0]!.cards[1]!["entities"] as { entity: string }[];
  expect(entities.map((each) => each.entity)).toEqual(["sensor.meter_l1", "sensor.meter_l2"]);
  expect(made["settings"]!.sections).toHaveLength(2);
  expect(JSON.stringify(made["energy"])).toContain("sensor.energy");
});

it("shows the sensors that a meter is made of", () => {
  const entities = { current_l1: "sensor.p1_l1", current_l2: "sensor.p1_l2" };
  const sites = { e: { supply: { entities } } } as never;
  const made = (dashboard({}, hass(), sites) as { views: View[] }).views[1]!;
  const shown = made.sections[0]!.cards[1]!["entities"] as { entity: string }[];
  expect(shown.map((each) => each.entity)).toEqual(["sensor.p1_l1", "sensor.p1_l2"]);
});

it("waits for what the feed tells, and not for ever", async () => {
  const { AmpGuardStrategy } = await import("../src/strategy");
  const told = { format: 1, card: "1", sites: { e: { supply: { entities: { current_l1: "s.p1" } } } } };
  const connection = (messages: object[]) => ({
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    subscribeMessage: (take: (message: object) => void) => {
      messages.forEach(take);
      return Promise.resolve(() => Promise.resolve());
    },
  });
  const made = async (messages: object[]): Promise<string> =>
    JSON.stringify(
      await AmpGuardStrategy.generate({}, { ...hass(), connection: connection(messages) } as never),
    );
  expect(await made([told])).toContain("s.p1");
  vi.useFakeTimers();
  const waits = made([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await waits).toContain("sensor.meter_l1");
  vi.useRealTimers();
});

it("is whole where nothing is set up yet, or the supply is gone", () => {
  for (const settings of [{}, { entry_id: "gone" }]) {
    const empty = { ...hass(), entities: settings.entry_id ? hass().entities : {} };
    const made = views(settings, empty);
    expect(made["site"]!.sections[0]!.cards).toHaveLength(1);
    expect(made["history"]!.sections).toEqual([]);
  }
});
