import { describe, expect, it } from "vitest";
import { banners, reason, sentence } from "../src/sentence";
import type { Live } from "../src/site";
import { Words } from "../src/words";
import { CARPORT, GARAGE, GROUP, charging, home } from "./site";

const locale = { language: "en", number_format: "language", time_format: "24" };
const words = new Words(locale, (key) => (key.endsWith("no_room") ? "Paused" : ""));
const say = (site: Live): string => sentence(site, words);
const told = (site: Live): string[] => banners(site, words).map((each) => each.text);

describe("the sentence", () => {
  it("names who waits, and for which phase", () => {
    expect(say(home())).toBe("L2 is full: Garage waits");
  });

  it("counts those who wait where there are several", () => {
    const site = home();
    site.now.chargers[CARPORT] = { ...site.now.chargers[GARAGE]! };
    expect(say(site)).toBe("L2 is full: 2 chargers wait");
  });

  it("says why somebody waits though nothing is full", () => {
    const site = home();
    delete site.now.nodes["supply"]!.limiting;
    site.now.chargers[CARPORT] = charging({ reason: "full_current" });
    site.now.chargers[GARAGE]!.reason = "minimum_off";
    expect(say(site)).toBe("Garage: minimum off");
  });

  it("puts an overload before all else", () => {
    const site = home();
    Object.assign(site.now.nodes["supply"]!, { overloaded: true, current: [14, 31.2, 3] });
    expect(say(site)).toBe("L2 carries 31.2 A, the fuse 25 A");
    expect(banners(site, words)[0]!.level).toBe("alarm");
  });

  it.each([
    ["disconnected", "No car is connected"],
    ["full", "No car charges"],
  ])("says of places that are %s: %s", (status, text) => {
    const site = home();
    for (const each of Object.values(site.now.chargers)) each.status = status;
    expect(say(site)).toBe(text);
  });

  it("says that nothing is in the way", () => {
    const site = home();
    delete site.now.nodes["supply"]!.limiting;
    site.now.chargers = { [CARPORT]: charging({ reason: "full_current" }) };
    expect(say(site)).toBe("Charging with nothing in the way");
  });

  it("says that it is off, and that the meter is away", () => {
    const site = home();
    site.now.nodes["supply"]!.trust = "offline";
    expect(say(site)).toBe("The meter is away");
    site.groups[GROUP]!.active = false;
    expect(say(site)).toBe("Load balancing is off");
  });

  it("is there where there is no charger, no group and no node", () => {
    const site = home();
    Object.assign(site, { groups: {}, chargers: {} });
    site.now = { nodes: {}, chargers: {}, ceilings: [] };
    expect(say(site)).toBe("No car is connected");
    expect(told(site)).toEqual([]);
  });
});

describe("a banner", () => {
  it("says which phase is not measured and why, at whichever node", () => {
    const measured = { worth: "measured" as const };
    for (const id of ["supply", GROUP]) {
      const site = home();
      const swapped = { worth: "not_measured" as const, doubt: "swapped", on: 2 as const };
      site.now.nodes[id]!.worth = [measured, swapped, measured];
      expect(told(site)).toHaveLength(1);
      expect(told(site)[0]).toMatch(/^L2 is not measured: L3 answers in its place/);
    }
  });

  it("has a text for a doubt that it does not know", () => {
    const site = home();
    const measured = { worth: "measured" as const };
    site.now.nodes["supply"]!.worth = [{ worth: "not_measured" }, measured, measured];
    expect(told(site)[0]).toContain("it is not known why");
  });

  it.each(["offline", "stale", "starting"] as const)("says that the meter is %s", (trust) => {
    const site = home();
    site.now.nodes["supply"]!.trust = trust;
    expect(told(site)).toHaveLength(1);
  });

  it("names the group whose balancing is off, whatever it is called", () => {
    const site = home();
    site.groups[GROUP]!.active = false;
    site.groups[GROUP]!.name = "<b>{phase}</b>";
    expect(told(site)[0]).toContain("of <b>{phase}</b> is off");
  });
});

it("says why a charger has what it has, with phase and fuse", () => {
  expect(reason(home(), GARAGE, words)).toBe("Paused (L2, Fuse)");
  const site = home();
  site.now.chargers[GARAGE]!.node = "gone";
  expect(reason(site, GARAGE, words)).toBe("Paused (L2, Fuse)");
  expect(reason(site, "gone", words)).toBe("");
});
