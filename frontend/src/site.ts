// What the integration tells of a supply: see custom_components/amp_guard/frontend/site.py.
// Currents in A by phase, power in W, times in s since 1970; what is not known is left out.

export type Phases = [number, number, number];
export type Phase = 0 | 1 | 2;

export interface Shown {
  name?: string;
  device?: string;
  entities: Record<string, string>;
}

export interface Supply extends Shown {
  fuse: number;
  net: "tn" | "it";
  metered: boolean;
  phases: Phase[];
}

export interface Group extends Shown {
  parent: string;
  phases: Phase[];
  online: number;
  offline: number;
  active: boolean;
}

export interface Charger extends Shown {
  group: string;
  wiring: Phase[];
  minimum: number;
  maximum: number;
  priority: number;
  active: boolean;
}

export interface Worth {
  worth: "measured" | "bounded" | "not_measured";
  doubt?: string;
  on?: Phase;
}

export interface Node {
  trust: "absent" | "starting" | "online" | "stale" | "offline";
  limit: number;
  free: Phases;
  allocated: Phases;
  overloaded: boolean;
  limiting?: Phase;
  connected?: boolean;
  worth?: [Worth, Worth, Worth];
  current?: Phases;
  house?: Phases;
}

export interface Charging {
  status: string;
  allocated: number;
  drawn: Phases;
  power?: number;
  reason: string;
  node?: string;
  phase?: Phase;
  starts?: number;
  boosted?: number;
  user_limit?: number;
  follows: boolean;
  paused: boolean;
}

export interface Ceiling {
  target: string;
  name: string;
  current: number;
  end: number;
}

/** A limit beside the fuses: of power, or of `current` between the phases. */
export interface Limit {
  name: string;
  reason: string;
  current?: number;
}

export interface InForce {
  power?: number;
  binds: string[];
}

export interface Now {
  nodes: Record<string, Node>;
  chargers: Record<string, Charging>;
  ceilings: Ceiling[];
  limits?: Record<string, InForce>;
}

export interface Site {
  title?: string;
  state: string;
  supply?: Supply;
  groups?: Record<string, Group>;
  chargers?: Record<string, Charger>;
  limits?: Record<string, Limit>;
  now?: Now;
}

/** A supply that is set up and decided on: all of it is there. */
export interface Live extends Site {
  supply: Supply;
  groups: Record<string, Group>;
  chargers: Record<string, Charger>;
  now: Now;
}

export interface Point {
  t: number;
  current?: Phases;
  house?: Phases;
  drawn: Record<string, Phases>;
}

export interface SiteEvent {
  t: number;
  target: string;
  type: string;
  current?: number;
}

export interface Minutes {
  points: Point[];
  events: SiteEvent[];
}

export const SUPPLY = "supply";

export function isLive(site: Site): site is Live {
  return !!(site.supply && site.groups && site.chargers && site.now);
}
