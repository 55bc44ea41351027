import { describe, expect, it } from "vitest";
import { chart, colours, limitingPhase, picture, sections } from "../src/picture";
import type { Live } from "../src/site";
import { CARPORT, GARAGE, GROUP, charging, home, node } from "./site";

const bar = (site: Live, phase: number) =>
  picture(site).bars.find((each) => each.phase === phase)!;

describe("a bar", () => {
  it("ends at what the meter measures: house, then each charger", () => {
    const { segments, now, free } = bar(home(), 1);
    expect(segments).toEqual([
      { kind: "house", from: 0, to: 18 },
      { kind: "charger", charger: CARPORT, from: 18, to: 24 },
    ]);
    expect([now, free]).toEqual([24, 1]);
  });

  it("goes left of zero for what is exported, and still ends at what is measured", () => {
    const site = home();
    site.now.nodes["supply"] = node({ current: [-6, 0, 2], house: [-12, -6, -4] });
    const { scale } = picture(site);
    expect(scale.from).toBeLessThanOrEqual(-12);
    const { segments } = bar(site, 0);
    expect(segments[0]).toEqual({ kind: "export", from: -12, to: 0 });
    expect(segments[1]).toEqual({ kind: "charger", charger: CARPORT, from: -12, to: -6 });
  });

  it("outlines what is allocated and not drawn, on the phases that the car uses", () => {
    const site = home();
    site.now.chargers[CARPORT] = charging({ allocated: 16, drawn: [6, 0, 0] });
    expect(bar(site, 0).segments.at(-1)).toMatchObject({ kind: "promised", to: 24 });
    expect(bar(site, 1).segments.filter((each) => each.kind === "promised")).toEqual([]);
  });

  it("ends at what is measured also where a charger reports late", () => {
    const site = home();
    site.now.nodes["supply"] = node({ current: [4, 24, 2], house: [0, 18, 0] });
    expect(bar(site, 0).segments).toEqual([
      { kind: "charger", charger: CARPORT, from: 0, to: 4 },
    ]);
  });

  it("reaches to 1.6 times the fuse, further where more flows", () => {
    const site = home();
    expect(picture(site).scale).toEqual({ from: 0, to: 40 });
    site.now.nodes["supply"] = node({ current: [57, 0, 0], house: [57, 0, 0] });
    expect(picture(site).scale.to).toBe(60);
  });

  it("knows nothing of a meter that is away, and all of a site that has none", () => {
    const site = home();
    site.now.nodes["supply"] = node({ trust: "offline" });
    expect(bar(site, 0).now).toBeUndefined();
    site.supply.metered = false;
    expect(bar(site, 0).now).toBe(6);
  });

  it("is there for the phases of the property alone", () => {
    const site = home();
    site.supply.phases = [1];
    expect(picture(site).bars.map((each) => each.phase)).toEqual([1]);
  });

  it("says that its phase is not measured", () => {
    const site = home();
    const measured = { worth: "measured" as const };
    site.now.nodes["supply"]!.worth = [measured, { worth: "not_measured" }, measured];
    expect(picture(site).bars.map((each) => each.measured)).toEqual([true, false, true]);
  });

  it("holds up where a charger is told of that is not described, and the reverse", () => {
    const site = home();
    site.now.chargers["gone"] = charging();
    delete site.now.chargers[GARAGE];
    expect(picture(site).bars).toHaveLength(3);
    site.groups = {};
    site.chargers = {};
    site.now = { nodes: {}, chargers: {}, ceilings: [] };
    expect(picture(site).bars.map((each) => each.now)).toEqual([undefined, undefined, undefined]);
    expect(sections(site)).toEqual([]);
  });
});

it("marks a ceiling at the main fuse, and what may be used without the meter", () => {
  const site = home();
  expect(picture(site)).toMatchObject({ ceiling: undefined, offline: 12 });
  site.now.nodes["supply"]!.limit = 16;
  expect(picture(site).ceiling).toBe(16);
});

it("names the phase that limits only while a car asks", () => {
  const site = home();
  expect(limitingPhase(site)).toBe(1);
  for (const each of Object.values(site.now.chargers)) each.status = "disconnected";
  expect(limitingPhase(site)).toBeUndefined();
});

it("gives each charger the colour of its place, whoever draws", () => {
  const before = colours(home()).get(CARPORT);
  const site = home();
  site.now.chargers[GARAGE]!.drawn = [6, 6, 6];
  expect(colours(site).get(CARPORT)).toBe(before);
});

describe("groups", () => {
  it("are in the order of their fullness, with their chargers", () => {
    const site = home();
    site.groups["other"] = { ...site.groups[GROUP]!, name: "Other" };
    site.chargers[CARPORT]!.group = "other";
    site.now.nodes["other"] = node();
    const found = sections(site);
    expect(found.map((each) => each.id)).toEqual(["other", GROUP]);
    expect(found[0]).toMatchObject({ used: 6, limit: 25, charging: 1, chargers: [CARPORT] });
  });

  it("count what is below them, and end where somebody made a circle", () => {
    const site = home();
    site.groups["below"] = { ...site.groups[GROUP]!, parent: GROUP };
    site.groups[GROUP]!.parent = "below";
    site.chargers[CARPORT]!.group = "below";
    expect(sections(site).map((each) => each.used)).toEqual([6, 6]);
  });
});

describe("the last minutes", () => {
  const drawn = (a: number) => ({ [CARPORT]: [a, a, a] as [number, number, number] });

  it("are those of the phase with the highest peak, stacked from the house", () => {
    const points = [
      { t: 0, house: [1, 2, 3] as [number, number, number], drawn: drawn(6) },
      { t: 5, house: [1, 20, 3] as [number, number, number], drawn: drawn(6) },
    ];
    const made = chart(home(), { points, events: [] }, 900)!;
    expect([made.phase, made.peak]).toEqual([1, 26]);
    expect(made.layers.map((layer) => layer.charger)).toEqual([undefined, CARPORT]);
    expect(made.layers[1]!.steps[1]).toEqual({ t: 5, from: 20, to: 26 });
  });

  it("are as high as what was measured", () => {
    const house: [number, number, number] = [0, 0, 0];
    const points = [{ t: 0, current: [4, 1, 1] as typeof house, house, drawn: drawn(6) }];
    const made = chart(home(), { points, events: [] }, 900)!;
    expect(made.peak).toBe(4);
    expect(made.layers[1]!.steps[0]).toEqual({ t: 0, from: 0, to: 4 });
  });

  it("are not there before the first moment", () => {
    expect(chart(home(), { points: [], events: [] }, 900)).toBeUndefined();
  });
});
