import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TEXTS, Words, type Key } from "../src/words";

const TRANSLATIONS = new URL("../../custom_components/amp_guard/translations/", import.meta.url);
const LANGUAGES = readdirSync(TRANSLATIONS).map((file) => file.replace(".json", ""));
const english = TEXTS["en"]!;
const keys = Object.keys(english) as Key[];

const locale = (language: string, number_format = "language", time_format = "language") => ({
  language,
  number_format,
  time_format,
});
const words = (...settings: Parameters<typeof locale>): Words =>
  new Words(locale(...settings), () => "");

it("is there in each language of the integration", () => {
  expect(Object.keys(TEXTS).sort()).toEqual(LANGUAGES.sort());
});

describe.each(Object.keys(TEXTS))("in %s", (language) => {
  it("every text is there, and is filled with the same", () => {
    const texts = TEXTS[language]!;
    expect(Object.keys(texts)).toEqual(keys);
    const filled = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of keys) {
      expect(texts[key].trim(), key).toBeTruthy();
      expect(filled(texts[key]), key).toEqual(filled(english[key]));
    }
  });
});

it("every text is used", () => {
  const folder = new URL("../src/", import.meta.url);
  const source = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join();
  const made = ["c_", "d_", "f_"]; // of what is told
  for (const key of keys)
    if (!made.some((prefix) => key.startsWith(prefix))) expect(source, key).toContain(`"${key}"`);
});

it("every doubt and status of the model has a text", () => {
  const model = readFileSync(new URL("../../custom_components/amp_guard/model.py", import.meta.url), "utf8");
  const values = (name: string) => {
    const body = model.split(`class ${name}(StrEnum)`)[1]!.split("\nclass ")[0]!;
    return [...body.matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map((match) => match[1]);
  };
  expect(values("Doubt").length).toBeGreaterThan(3);
  for (const doubt of values("Doubt")) expect(english).toHaveProperty(`d_${doubt}`);
  for (const status of values("ChargerStatus")) expect(english).toHaveProperty(`c_${status}`);
});

describe("numbers", () => {
  it.each([
    ["sv", "language", "6,5 A"],
    ["en", "language", "6.5 A"],
    ["en", "decimal_comma", "6,5 A"],
    ["sv", "comma_decimal", "6.5 A"],
  ])("are written as the user of %s with %s does: %s", (language, format, text) => {
    expect(words(language, format).ampere(6.5)).toBe(text);
  });

  it("have no minus before a nought", () => {
    expect(words("en").ampere(-0)).toBe("0.0 A");
    expect(words("sv").ampere(0)).toBe("0,0 A");
  });
});

it("tells the time as the user does", () => {
  const at = Date.UTC(2026, 0, 1, 15, 4) / 1000;
  const told = (time_format: string) =>
    new Words({ ...locale("en", "language", time_format), time_zone: "server" }, () => "", "UTC").clock(at);
  expect(told("24")).toBe("15:04");
  expect(told("12")).toMatch(/3:04\sPM/);
});

it("counts down to nought and no further", () => {
  expect(words("en").countdown(165, 100)).toBe("1:05");
  expect(words("en").countdown(90, 100)).toBe("0:00");
});

it.each([
  ["nb-NO", "Hovedsikring 25 A"],
  ["no", "Hovedsikring 25 A"],
  ["fr", "Main fuse 25 A"],
  ["", "Main fuse 25 A"],
])("speaks to who chose %s: %s", (language, text) => {
  const spoken = words(language);
  expect(spoken.say("main_fuse", { limit: spoken.limit(25) })).toBe(text);
});

it("fills in a name as it is, whatever stands in it", () => {
  expect(words("en").say("b_off", { name: "$& {name} <i>" })).toContain("of $& {name} <i> is off");
});

it("says a word that it does not know as it is", () => {
  expect(words("sv").say("c_humming_along" as Key)).toBe("humming along");
});
