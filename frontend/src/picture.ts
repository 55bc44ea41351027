// What a supply's state looks like, worked out without drawing it.
import {
  SUPPLY,
  type Live,
  type Minutes,
  type Phase,
  type Phases,
  type Point,
} from "./site";

/** The end of the scale, of the main fuse: what melts a gG fuse within the hour. */
const RANGE = 1.6;
/** A below which nothing is drawn. */
const LEAST = 0.05;

/** For the colour-blind (Okabe and Ito), those farthest from the fuse's red first. */
export const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

export interface Segment {
  kind: "house" | "export" | "charger" | "promised";
  charger?: string;
  from: number;
  to: number;
}

export interface Bar {
  phase: Phase;
  /** A: what flows, what may, what is left; not known where nothing is measured. */
  now?: number;
  limit: number;
  free?: number;
  house?: number;
  segments: Segment[];
  limiting: boolean;
  overloaded: boolean;
  measured: boolean;
}

export interface Scale {
  from: number;
  to: number;
}

export interface Picture {
  scale: Scale;
  bars: Bar[];
  fuse: number;
  ceiling?: number;
  /** A that the groups at the supply may use without the meter. */
  offline?: number;
}

/** Return the colour of each charger, by its place in the site. */
export function colours(site: Live): Map<string, string> {
  const ids = Object.keys(site.chargers);
  return new Map(ids.map((id, index) => [id, COLOURS[index % COLOURS.length]!]));
}

/**
 * Return where each charger lies above the house: what flows is what is measured, and a
 * charger that reports late draws no more than that.
 */
function stack(house: number, drawn: number[], current?: number): { from: number; to: number }[] {
  let end = house;
  return drawn.map((each) => {
    const from = end;
    end = current === undefined ? end + each : Math.min(end + each, Math.max(current, end));
    return { from, to: end };
  });
}

export function picture(site: Live): Picture {
  // In the order of the rows below.
  const chargers = Object.keys(site.chargers).flatMap((id) => {
    const charging = site.now.chargers[id];
    return charging ? [{ id, charging, wiring: site.chargers[id]!.wiring }] : [];
  });
  const node = site.now.nodes[SUPPLY];
  const fuse = site.supply.fuse;
  const limit = node?.limit ?? fuse;
  const limiting = limitingPhase(site);
  const bars = site.supply.phases.map((phase): Bar => {
    const worth = node?.worth?.[phase]?.worth ?? "measured";
    const isMetered = site.supply.metered;
    const known = node?.current?.[phase];
    const segments: Segment[] = [];
    let end = 0;
    const house = node?.house?.[phase];
    if (house !== undefined && Math.abs(house) >= LEAST) {
      const kind = house < 0 ? "export" : "house";
      segments.push({ kind, from: Math.min(0, house), to: Math.max(0, house) });
      end = house;
    }
    const drawn = chargers.map(({ charging }) => charging.drawn[phase]);
    stack(house ?? 0, drawn, known).forEach((place, index) => {
      if (place.to - place.from < LEAST) return;
      segments.push({ kind: "charger", charger: chargers[index]!.id, ...place });
      end = place.to;
    });
    for (const { id, charging, wiring } of chargers) {
      if (!isAsking(charging.status) || !wiring.includes(phase)) continue;
      // A car on one phase leaves the others alone: nothing is promised to it there.
      const uses = charging.status !== "charging" || charging.drawn[phase] >= LEAST;
      const left = charging.allocated - charging.drawn[phase];
      if (!uses || left < LEAST * 4) continue;
      segments.push({ kind: "promised", charger: id, from: end, to: end + left });
      end += left;
    }
    const now = known ?? (isMetered ? undefined : sum(site, phase));
    return {
      phase,
      now,
      limit,
      free: now === undefined ? undefined : Math.max(0, limit - now),
      house,
      segments,
      limiting: phase === limiting,
      overloaded: !!node?.overloaded && (now ?? 0) > limit,
      measured: worth !== "not_measured",
    };
  });
  return {
    scale: scale(bars, fuse),
    bars,
    fuse,
    ceiling: limit < fuse - LEAST ? limit : undefined,
    offline: offline(site),
  };
}

function scale(bars: Bar[], fuse: number): Scale {
  const lowest = Math.min(0, ...bars.map((bar) => bar.house ?? 0));
  const highest = Math.max(...bars.map((bar) => bar.now ?? 0), 0);
  // In steps, so that it does not tremble with what is measured.
  return {
    from: lowest < -LEAST ? Math.floor(lowest / (fuse / 5)) * (fuse / 5) : 0,
    to: Math.max(RANGE * fuse, Math.ceil(highest / (fuse / 5)) * (fuse / 5)),
  };
}

function offline(site: Live): number | undefined {
  const roots = Object.values(site.groups).filter((each) => each.parent === SUPPLY);
  if (!site.supply.metered || !roots.length) return undefined;
  return roots.reduce((total, group) => total + group.offline, 0);
}

function sum(site: Live, phase: Phase): number {
  return Object.values(site.now.chargers).reduce((a, each) => a + each.drawn[phase], 0);
}

/** Say whether a car is there that would charge. */
export function isAsking(status: string): boolean {
  return status === "charging" || status === "waiting";
}

/** Return the phase that limits somebody, or on which nothing is left. */
export function limitingPhase(site: Live): Phase | undefined {
  const asking = Object.values(site.now.chargers).filter((each) => isAsking(each.status));
  if (!asking.length) return undefined;
  const supply = site.now.nodes[SUPPLY]?.limiting;
  if (supply !== undefined) return supply;
  return asking.find((each) => each.node === SUPPLY && each.phase !== undefined)?.phase;
}

// --- the last minutes -----------------------------------------------------------------

export interface Layer {
  charger?: string;
  /** From the oldest: time, and A between which it lies. */
  steps: { t: number; from: number; to: number }[];
}

export interface Chart {
  phase: Phase;
  layers: Layer[];
  peak: number;
  lowest: number;
  begin: number;
  end: number;
}

function total(point: Point, phase: Phase): number {
  if (point.current) return point.current[phase];
  const drawn = Object.values(point.drawn).reduce((a, each) => a + each[phase], 0);
  return (point.house?.[phase] ?? 0) + drawn;
}

/** Return the last minutes on the phase that was fullest; nothing where none are kept. */
export function chart(site: Live, minutes: Minutes, span: number): Chart | undefined {
  const points = minutes.points;
  const last = points.at(-1);
  if (!last) return undefined;
  const phases = site.supply.phases;
  const peaks = phases.map((phase) => Math.max(...points.map((p) => total(p, phase))));
  const peak = Math.max(...peaks);
  const phase = phases[peaks.indexOf(peak)] ?? 0;
  const ids = Object.keys(site.chargers).filter((id) =>
    points.some((point) => (point.drawn[id]?.[phase] ?? 0) >= LEAST),
  );
  const stacks = points.map((point) => {
    const drawn = ids.map((id) => point.drawn[id]?.[phase] ?? 0);
    return stack(point.house?.[phase] ?? 0, drawn, point.current?.[phase]);
  });
  const layers: Layer[] = [
    { steps: points.map(({ t, house }) => ({ t, from: 0, to: house?.[phase] ?? 0 })) },
    ...ids.map((charger, index) => ({
      charger,
      steps: points.map(({ t }, at) => ({ t, ...stacks[at]![index]! })),
    })),
  ];
  const lowest = Math.min(0, ...points.map((point) => point.house?.[phase] ?? 0));
  return { phase, layers, peak, lowest, begin: last.t - span, end: last.t };
}

// --- the groups -----------------------------------------------------------------------

export interface Section {
  id: string;
  /** A used and allowed on its fullest phase. */
  used: number;
  limit: number;
  charging: number;
  overloaded: boolean;
  chargers: string[];
}

/** Return the groups that have chargers, the fullest first. */
export function sections(site: Live): Section[] {
  const made = Object.entries(site.groups).map(([id, group]): Section => {
    const below = new Set([id, ...descendants(site, id)]);
    const within = Object.entries(site.chargers).filter(([, each]) => below.has(each.group));
    const load = (phase: Phase): number =>
      within.reduce((a, [c]) => a + (site.now.chargers[c]?.drawn[phase] ?? 0), 0);
    const node = site.now.nodes[id];
    const measured = node?.current ?? (group.phases.map(load) as unknown as Phases);
    return {
      id,
      used: Math.max(0, ...measured),
      limit: node?.limit ?? group.online,
      charging: within.filter(([c]) => site.now.chargers[c]?.status === "charging").length,
      overloaded: !!node?.overloaded,
      chargers: Object.keys(site.chargers).filter((c) => site.chargers[c]?.group === id),
    };
  });
  const fullness = (each: Section): number => (each.limit > 0 ? each.used / each.limit : 0);
  return made
    .filter((each) => each.chargers.length > 0 || made.length === 1)
    .sort((a, b) => fullness(b) - fullness(a));
}

function descendants(site: Live, id: string, seen = new Set<string>()): string[] {
  const below = Object.keys(site.groups).filter(
    (each) => site.groups[each]?.parent === id && !seen.has(each),
  );
  for (const each of below) seen.add(each);
  return below.flatMap((each) => [each, ...descendants(site, each, seen)]);
}
