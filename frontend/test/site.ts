// A home of two chargers, as the integration tells it; each test changes what it needs.
import type { Charging, Live, Node } from "../src/site";

export const GROUP = "g";
export const GARAGE = "a";
export const CARPORT = "b";

export function node(changes: Partial<Node> = {}): Node {
  return {
    trust: "online",
    limit: 25,
    free: [11, 1, 14],
    allocated: [6, 6, 6],
    overloaded: false,
    ...changes,
  };
}

export function charging(changes: Partial<Charging> = {}): Charging {
  return {
    status: "charging",
    allocated: 6,
    drawn: [6, 6, 6],
    reason: "shared",
    follows: true,
    paused: false,
    ...changes,
  };
}

export function home(): Live {
  const charger = (name: string) => ({
    group: GROUP,
    wiring: [0, 1, 2] as (0 | 1 | 2)[],
    minimum: 6,
    maximum: 16,
    priority: 1,
    active: true,
    name,
    entities: {},
  });
  return {
    title: "Home",
    state: "loaded",
    supply: { fuse: 25, net: "tn", metered: true, phases: [0, 1, 2], entities: {} },
    groups: {
      [GROUP]: {
        parent: "supply",
        phases: [0, 1, 2],
        online: 25,
        offline: 12,
        active: true,
        name: "Drive",
        entities: {},
      },
    },
    chargers: { [GARAGE]: charger("Garage"), [CARPORT]: charger("Carport") },
    now: {
      nodes: {
        supply: node({ limiting: 1, current: [14, 24, 10.8], house: [8, 18, 4.8] }),
        [GROUP]: node(),
      },
      chargers: {
        [GARAGE]: charging({
          status: "waiting",
          allocated: 0,
          drawn: [0, 0, 0],
          reason: "no_room",
          node: "supply",
          phase: 1,
          paused: true,
        }),
        [CARPORT]: charging(),
      },
      ceilings: [],
    },
  };
}
