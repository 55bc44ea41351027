// The dashboard: card, history, energy, events and settings, made of what is there now.
import { CARD } from "./card";
import { feedOf } from "./feed";
import type { HomeAssistant } from "./home-assistant";
import type { Site } from "./site";
import { Words, type Key } from "./words";

export const STRATEGY = "amp-guard";

const CURRENTS = ["current_l1", "current_l2", "current_l3"];
/** ms to wait for what only the feed tells; without it the dashboard is made as well. */
const PATIENCE = 2000;

interface Settings {
  /** The supply; all where it is not said. */
  entry_id?: string;
}

interface Device {
  id: string;
  name: string;
  entry: string;
  kind: "supply" | "group" | "charger";
  /** Entity ids by what they are; of what there is for each phase several. */
  entities: Map<string, string[]>;
  settings: string[];
}

type Card = Record<string, unknown>;

/** Return the devices of the integration, chargers last. */
export function devices(hass: HomeAssistant, entry?: string): Device[] {
  const found = new Map<string, Device>();
  for (const [id, entity] of Object.entries(hass.entities)) {
    if (entity?.platform !== "amp_guard" || !entity.device_id || entity.hidden) continue;
    const device = hass.devices[entity.device_id];
    const belongs = device?.primary_config_entry ?? device?.config_entries?.[0] ?? "";
    if (!device || (entry && belongs !== entry)) continue;
    let made = found.get(entity.device_id);
    if (!made)
      found.set(
        entity.device_id,
        (made = {
          id: entity.device_id,
          name: device.name_by_user || device.name || "",
          entry: belongs,
          kind: "supply",
          entities: new Map(),
          settings: [],
        }),
      );
    const key = entity.translation_key ?? "";
    made.entities.set(key, [...(made.entities.get(key) ?? []), id].sort());
    if (entity.entity_category === "config" || key === "load_balancing") made.settings.push(id);
    if (key === "drawn_current") made.kind = "charger";
    else if (key === "load_balancing") made.kind = "group";
  }
  const order = { supply: 0, group: 1, charger: 2 };
  return [...found.values()].sort(
    (a, b) => order[a.kind] - order[b.kind] || a.name.localeCompare(b.name),
  );
}

/** Return a dashboard's configuration; `sites` is what the feed tells, where it does. */
export function dashboard(
  settings: Settings,
  hass: HomeAssistant,
  sites: Record<string, Partial<Site>> = {},
): object {
  const words = new Words(hass.locale, hass.localize);
  const all = devices(hass, settings.entry_id);
  const chargers = all.filter((each) => each.kind === "charger");
  const entries = [...new Set(all.map((each) => each.entry))];
  const cards = (entries.length ? entries : [settings.entry_id]).map((entry) => ({
    type: `custom:${CARD}`,
    ...(entry ? { entry_id: entry } : {}),
    grid_options: { columns: "full" },
  }));
  const of = (device: Device, ...keys: string[]): string[] =>
    keys.flatMap((key) => device.entities.get(key) ?? []);
  const supplies = all.filter((each) => each.kind === "supply");
  // Where the meter is made of sensors, theirs are the figures: copies of them are off.
  const currents = supplies.flatMap((each) => {
    const told = sites[each.entry]?.supply?.entities ?? {};
    const measured = CURRENTS.flatMap((key) => told[key] ?? []);
    return measured.length ? measured : of(each, "current");
  });
  const view = (key: Key, path: string, icon: string, sections: Card[][]): object => ({
    title: words.say(key),
    path,
    icon,
    type: "sections",
    max_columns: 3,
    sections: sections
      .filter((each) => each.length)
      .map((each) => ({ type: "grid", column_span: path === "site" ? 2 : 1, cards: each })),
  });
  const graph = (title: string, entities: string[]): Card[] =>
    entities.length
      ? [heading(title), { type: "history-graph", hours_to_show: 24, entities: named(entities) }]
      : [];
  const energy = chargers.flatMap((each) => of(each, "energy"));
  const power = chargers.flatMap((each) => of(each, "charging_power"));
  const events = all.flatMap((each) => of(each, "fuse", "charging"));
  return {
    title: "Amp Guard",
    views: [
      view("v_site", "site", "mdi:fuse", [cards]),
      view("v_history", "history", "mdi:chart-line", [
        graph(words.say("v_site"), currents),
        ...chargers.map((each) => graph(each.name, of(each, "drawn_current", "allocated_current"))),
      ]),
      view("v_energy", "energy", "mdi:lightning-bolt", [
        energy.length
          ? [
              heading(words.say("v_energy")),
              {
                type: "statistics-graph",
                chart_type: "bar",
                period: "day",
                days_to_show: 14,
                stat_types: ["change"],
                entities: energy,
                grid_options: { columns: "full" },
              },
            ]
          : [],
        power.length
          ? [
              heading(words.of("sensor.charging_power.name")),
              { type: "history-graph", hours_to_show: 24, entities: named(power, "device") },
            ]
          : [],
      ]),
      view("v_events", "events", "mdi:bell-outline", [
        events.length
          ? [{ type: "logbook", hours_to_show: 48, target: { entity_id: events } }]
          : [],
      ]),
      view("v_settings", "settings", "mdi:cog", all.map((each) => settingsOf(each))),
    ],
  };
}

function settingsOf(device: Device): Card[] {
  if (!device.settings.length) return [];
  return [
    heading(device.name),
    { type: "entities", entities: named(device.settings), grid_options: { columns: "full" } },
  ];
}

/** Each by the name of what it shows, or of its device: the other one stands above. */
function named(entities: string[], type: "entity" | "device" = "entity"): object[] {
  return entities.map((entity) => ({ entity, name: { type } }));
}

function heading(text: string): Card {
  return { type: "heading", heading: text };
}

/** Return what the feed tells of the sites, nothing where it takes too long. */
function told(hass: HomeAssistant): Promise<Record<string, Partial<Site>>> {
  const feed = feedOf(hass.connection);
  return new Promise((resolve) => {
    const look = (): void => {
      if (feed.status !== "waiting") done();
    };
    const done = (): void => {
      clearTimeout(timer);
      resolve(feed.sites);
      stop();
    };
    const timer = setTimeout(done, PATIENCE);
    const stop = feed.follow(look);
    look();
  });
}

export class AmpGuardStrategy extends HTMLElement {
  static async generate(config: Settings, hass: HomeAssistant): Promise<object> {
    return dashboard(config, hass, await told(hass));
  }
}
