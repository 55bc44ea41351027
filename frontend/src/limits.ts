// The limits beside the fuses: what each allows now, and whom it binds.
import type { Live } from "./site";
import type { Words } from "./words";

/** Return a line for each limit that is in force. */
export function limits(site: Live, words: Words): string[] {
  const lines = Object.entries(site.now.limits ?? {}).flatMap(([id, { power, binds }]) => {
    const limit = site.limits?.[id];
    if (!limit) return [];
    const { name } = limit;
    const text =
      power === undefined
        ? words.say("limit_between", { name, figure: words.limit(limit.current ?? 0) })
        : words.say("limit_together", { name, figure: words.kilowatt(power) });
    const names = words.names(binds.map((each) => site.chargers[each]?.name ?? each));
    return [binds.length ? words.say("limit_binds", { limit: text, names }) : text];
  });
  // Charging with the sun has two, which are one where all cars charge with it alone.
  return [...new Set(lines)];
}
