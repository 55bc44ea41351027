// Texts in the user's language, numbers and times as the user writes them.
import type { HomeAssistant, Locale } from "./home-assistant";
import da from "./texts/da.json";
import de from "./texts/de.json";
import en from "./texts/en.json";
import fi from "./texts/fi.json";
import nb from "./texts/nb.json";
import nl from "./texts/nl.json";
import sv from "./texts/sv.json";

export type Key = keyof typeof en;
export const TEXTS: Record<string, Record<Key, string>> = { da, de, en, fi, nb, nl, sv };

const INTEGRATION = "component.amp_guard.entity";
const PHASES = ["L1", "L2", "L3"] as const;

/** The locale that writes numbers as each setting of a user's profile says. */
const NUMBER_LOCALES: Record<string, string> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};

export class Words {
  readonly language: string;
  private number: Intl.NumberFormat;
  private whole: Intl.NumberFormat;
  private time: Intl.DateTimeFormat;
  private list: Intl.ListFormat;

  constructor(
    locale: Locale,
    private localize: HomeAssistant["localize"],
    serverZone?: string,
  ) {
    const wanted = locale.language || "en";
    const base = wanted.split("-")[0] ?? "en";
    this.language = base === "no" ? "nb" : base in TEXTS ? base : "en";
    const numbers =
      locale.number_format === "language"
        ? wanted
        : locale.number_format === "system"
          ? undefined
          : NUMBER_LOCALES[locale.number_format];
    const useGrouping = locale.number_format !== "none";
    const one = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping };
    this.number = new Intl.NumberFormat(numbers, one);
    this.whole = new Intl.NumberFormat(numbers, { maximumFractionDigits: 1, useGrouping });
    this.time = new Intl.DateTimeFormat(
      locale.time_format === "system" ? undefined : wanted,
      {
        hour: "2-digit",
        minute: "2-digit",
        hour12:
          locale.time_format === "12" ? true : locale.time_format === "24" ? false : undefined,
        timeZone: locale.time_zone === "server" ? serverZone : undefined,
      },
    );
    this.list = new Intl.ListFormat(this.language, { type: "conjunction" });
  }

  /** Return a text of the card, filled in; of a word that it does not know the word. */
  say(key: Key, values: Record<string, string> = {}): string {
    const text: string =
      TEXTS[this.language]?.[key] ?? key.slice(key.indexOf("_") + 1).replaceAll("_", " ");
    return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }

  /** Return a text that the integration has; nothing where it is not loaded yet. */
  of(path: string): string {
    return this.localize(`${INTEGRATION}.${path}`) || "";
  }

  reason(reason: string): string {
    return this.of(`sensor.reason.state.${reason}`) || reason.replaceAll("_", " ");
  }

  phase(phase: number): string {
    return PHASES[phase as 0 | 1 | 2] ?? "";
  }

  names(names: string[]): string {
    return this.list.format(names);
  }

  /** 6.0 A */
  ampere(current: number): string {
    return `${this.number.format(current === 0 ? 0 : current)} A`;
  }

  /** 25 A, 12.5 A */
  limit(current: number): string {
    return `${this.whole.format(current)} A`;
  }

  kilowatt(power: number): string {
    return `${this.number.format(power / 1000)} kW`;
  }

  clock(seconds: number): string {
    return this.time.format(seconds * 1000);
  }

  /** How long until then, 1:05. */
  countdown(until: number, now: number): string {
    const left = Math.max(0, Math.round(until - now));
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}
