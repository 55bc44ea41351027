// What the card says in words: one sentence in its head, and what must not be missed.
import { isAsking, limitingPhase } from "./picture";
import { SUPPLY, type Live, type Phase } from "./site";
import type { Key, Words } from "./words";

export interface Banner {
  level: "alarm" | "warning" | "note";
  text: string;
}

const FULL = ["no_room", "overload", "release_pending"];
const TURNS = ["waiting_turn"];
const HELD = ["ceiling", "power_window", "grid_operator", "unbalance", "surplus", "user_limit", "meter_stale", "meter_offline", "raise_held"];

const nameOf = (site: Live, id: string): string =>
  site.chargers[id]?.name ?? site.groups[id]?.name ?? site.supply.name ?? id;

/** Return how it stands, in one sentence. */
export function sentence(site: Live, words: Words): string {
  const node = site.now.nodes[SUPPLY];
  const overloaded = overloadedPhase(site);
  if (overloaded !== undefined && node?.current)
    return words.say("s_overload", {
      phase: words.phase(overloaded),
      current: words.ampere(node.current[overloaded]),
      limit: words.limit(node.limit),
    });
  const groups = Object.values(site.groups);
  if (groups.length && groups.every((group) => !group.active)) return words.say("s_off");
  if (node?.trust === "offline") return words.say("s_no_meter");

  const all = Object.entries(site.now.chargers);
  const asking = all.filter(([, each]) => isAsking(each.status));
  if (!asking.length) {
    const isThere = all.some(([, each]) => each.status === "full");
    return words.say(isThere ? "s_idle" : "s_no_car");
  }
  const waits = asking.filter(([, each]) => each.paused && FULL.includes(each.reason));
  if (waits.length) {
    const phase = waits[0]![1].phase ?? limitingPhase(site);
    const names = words.names(waits.map(([id]) => nameOf(site, id)));
    if (phase === undefined) return words.reason(waits[0]![1].reason);
    return waits.length === 1
      ? words.say("s_waits", { phase: words.phase(phase), names })
      : words.say("s_wait_many", { phase: words.phase(phase), count: `${waits.length}` });
  }
  if (asking.some(([, each]) => TURNS.includes(each.reason))) return words.say("s_turns");
  const paused = asking.find(([, each]) => each.paused);
  if (paused)
    return words.say("s_reason", {
      name: nameOf(site, paused[0]),
      reason: words.reason(paused[1].reason),
    });
  const limiting = limitingPhase(site);
  if (limiting !== undefined) return words.say("s_limits", { phase: words.phase(limiting) });
  const held = asking.filter(([, each]) => HELD.includes(each.reason));
  if (held.length) {
    const names = words.names(held.map(([id]) => nameOf(site, id)));
    const [first, ...others] = new Set(held.map(([, each]) => each.reason));
    return others.length
      ? words.say("s_held", { names })
      : words.say("s_reason", { name: names, reason: words.reason(first!) });
  }
  return words.say(asking.some(([, each]) => each.status === "charging") ? "s_charges" : "s_idle");
}

/** Return what must not be missed, the worst first. */
export function banners(site: Live, words: Words): Banner[] {
  const found: Banner[] = [];
  const say = (level: Banner["level"], key: Key, values: Record<string, string> = {}): void =>
    void found.push({ level, text: words.say(key, values) });
  const node = site.now.nodes[SUPPLY];
  const phase = overloadedPhase(site);
  if (node && phase !== undefined)
    // Without what flows: a screen reader would tell it again each second.
    say("alarm", "b_overload", {
      phase: words.phase(phase),
      limit: words.limit(node.limit),
    });
  for (const id of Object.keys(site.groups))
    if (site.now.nodes[id]?.overloaded && phase === undefined)
      say("alarm", "b_group_overload", { name: nameOf(site, id) });
  for (const { worth } of Object.values(site.now.nodes))
    worth?.forEach((each, index) => {
      if (each.worth === "not_measured") {
        const on = each.on === undefined ? "" : words.phase(each.on);
        const doubt = words.say(`d_${each.doubt ?? ""}` as Key, { on });
        say("alarm", "b_not_measured", { phase: words.phase(index), doubt });
      } else if (each.worth === "bounded" && each.doubt)
        say("note", "b_bounded", { phase: words.phase(index) });
    });
  if (node?.trust === "offline") say("alarm", "b_offline");
  if (node?.trust === "stale") say("warning", "b_stale");
  if (node?.trust === "starting") say("note", "b_starting");
  for (const [id, group] of Object.entries(site.groups))
    if (!group.active) say("warning", "b_off", { name: nameOf(site, id) });
  const order = { alarm: 0, warning: 1, note: 2 };
  return found.sort((a, b) => order[a.level] - order[b.level]);
}

/** Return the phase of the main fuse that carries most of what it cannot. */
function overloadedPhase(site: Live): Phase | undefined {
  const node = site.now.nodes[SUPPLY];
  if (!node?.overloaded || !node.current) return undefined;
  const worst = Math.max(...node.current);
  return node.current.indexOf(worst) as Phase;
}

/** Return why a charger has what it has, with the phase and the fuse that limit it. */
export function reason(site: Live, id: string, words: Words): string {
  const charging = site.now.chargers[id];
  if (!charging) return "";
  const text = words.reason(charging.reason);
  if (charging.phase === undefined || charging.node === undefined) return text;
  const node =
    charging.node === SUPPLY
      ? words.say("fuse")
      : (site.groups[charging.node]?.name ?? words.say("fuse"));
  return words.say("because", { reason: text, phase: words.phase(charging.phase), node });
}
