import { expect, it } from "vitest";
import { limits } from "../src/limits";
import { reason, sentence } from "../src/sentence";
import type { Live } from "../src/site";
import { Words } from "../src/words";
import { CARPORT, GARAGE, charging, home } from "./site";

const locale = { language: "en", number_format: "language", time_format: "24" };
const words = new Words(locale, () => "");
const PLANNED = ["power_window", "grid_operator", "surplus"];

function limited(binds: string[] = []): Live {
  const site = home();
  site.limits = {
    tariff: { name: "Göteborg", reason: "power_window" },
    grid: { name: "Netz", reason: "grid_operator" },
    unbalance: { name: "Netz", reason: "unbalance", current: 16 },
  };
  site.now.limits = { grid: { power: 13000, binds }, unbalance: { binds: [] } };
  return site;
}

it("tells each limit that is in force, and of none nothing", () => {
  expect(limits(home(), words)).toEqual([]);
  expect(limits(limited(), words)).toEqual([
    "Netz: the chargers together 13.0 kW",
    "Netz: 16 A between the phases",
  ]);
});

it("names whom a limit binds", () => {
  expect(limits(limited([GARAGE, CARPORT]), words)[0]).toBe(
    "Netz: the chargers together 13.0 kW · limits Garage and Carport",
  );
});

it("tells once what is the same, and leaves out what it does not know", () => {
  const site = limited();
  site.limits!["alone"] = { name: "Sun", reason: "surplus" };
  site.limits!["all"] = { name: "Sun", reason: "surplus" };
  const sun = { power: 0, binds: [GARAGE] };
  site.now.limits = { alone: sun, all: sun, of_tomorrow: sun };
  expect(limits(site, words)).toEqual(["Sun: the chargers together 0.0 kW · limits Garage"]);
});

it.each([...PLANNED, "unbalance", "ceiling"])("says that what holds a car is %s", (why) => {
  const site = limited([CARPORT]);
  delete site.now.nodes["supply"]!.limiting;
  site.now.chargers = { [CARPORT]: charging({ reason: why }) };
  expect(sentence(site, words)).toBe(`Carport: ${why.replace("_", " ")}`);
  expect(reason(site, CARPORT, words)).toBe(why.replace("_", " "));
});

it("says of two that are held for two reasons that they are held", () => {
  const site = limited();
  delete site.now.nodes["supply"]!.limiting;
  site.now.chargers = {
    [CARPORT]: charging({ reason: "ceiling" }),
    [GARAGE]: charging({ reason: "surplus" }),
  };
  expect(sentence(site, words)).toBe("Carport and Garage is held back");
});
