// The bars: what flows on each phase, and what may.
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Bar, Picture, Segment } from "./picture";
import type { Live } from "./site";
import type { Words } from "./words";

export interface Look {
  site: Live;
  words: Words;
  colours: Map<string, string>;
  open: (entity: string | undefined) => void;
}

export function bars(look: Look, shown: Picture): TemplateResult {
  return html`<div class="bars">
    ${shown.bars.map((bar) => line(look, shown, bar))}
  </div>
  ${legend(look, shown)}`;
}

function line(look: Look, shown: Picture, bar: Bar): TemplateResult {
  const { words, site } = look;
  const current = bar.now === undefined ? "–" : words.ampere(bar.now);
  const free =
    bar.free === undefined ? "" : words.say("free", { current: words.ampere(bar.free) });
  const entity = site.supply.entities[`current_l${bar.phase + 1}`];
  return html`<div
      class="phase ${bar.limiting ? "limiting" : ""}"
      title=${bar.limiting ? `${words.phase(bar.phase)} ${words.say("limits")}` : nothing}
    >
      ${words.phase(bar.phase)}
    </div>
    <svg class="bar" role="img" aria-label=${spoken(look, bar)} height="24">
      ${drawing(look, shown, bar)}
    </svg>
    <button
      class="figure ${bar.overloaded ? "over" : ""}"
      data-phase=${words.phase(bar.phase)}
      ?disabled=${!entity}
      @click=${() => look.open(entity)}
    >
      <span class="now">${current}</span><span class="free">${free}</span>
    </button>`;
}

function drawing(look: Look, { scale, fuse, ceiling, offline }: Picture, bar: Bar): unknown {
  const at = (current: number): string => {
    const share = (current - scale.from) / (scale.to - scale.from);
    return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  };
  const wide = (from: number, to: number): string =>
    `${Math.max(0, Number.parseFloat(at(to)) - Number.parseFloat(at(from))).toFixed(2)}%`;
  const mark = (current: number, kind: string, from = 0, to = 24): unknown =>
    current > scale.to
      ? nothing
      : svg`<line class=${kind} x1=${at(current)} x2=${at(current)} y1=${from} y2=${to}></line>`;
  const piece = (segment: Segment): unknown => {
    const colour = segment.charger ? look.colours.get(segment.charger) : undefined;
    return svg`<rect
      class=${segment.kind}
      x=${at(segment.from)} width=${wide(segment.from, segment.to)}
      y=${segment.kind === "promised" ? 5 : 3} height=${segment.kind === "promised" ? 14 : 18}
      style=${colour ? `--colour: ${colour}` : nothing}
    ></rect>`;
  };
  const house = Math.max(0, bar.house ?? 0);
  return svg`
    <rect class="ground" x="0" width="100%" y="3" height="18" rx="3"></rect>
    ${bar.measured ? nothing : svg`<rect class="unmeasured" x="0" width="100%" y="3" height="18"></rect>`}
    ${bar.segments.map(piece)}
    ${scale.from < 0 ? mark(0, "zero") : nothing}
    ${offline !== undefined && bar.house !== undefined ? mark(house + offline, "offline", 15) : nothing}
    ${ceiling !== undefined ? mark(ceiling, "ceiling") : nothing}
    ${mark(fuse, "fuse")}`;
}

function spoken({ words, site }: Look, bar: Bar): string {
  const phase = words.phase(bar.phase);
  if (bar.now === undefined) return words.say("bar_unmeasured", { phase });
  const parts = bar.segments
    .filter((each) => each.kind !== "promised")
    .map((each) => {
      const name =
        each.kind === "charger"
          ? (site.chargers[each.charger ?? ""]?.name ?? "")
          : words.say(each.kind === "export" ? "export" : "house");
      return `${name} ${words.ampere(each.to - each.from)}`;
    });
  return words.say("bar", {
    phase,
    current: words.ampere(bar.now),
    limit: words.limit(bar.limit),
    free: words.say("free", { current: words.ampere(bar.free ?? 0) }),
    parts: parts.join(", "),
  });
}

/** Names with colours, as far as there are few enough to tell apart. */
function legend({ words, site, colours }: Look, shown: Picture): TemplateResult {
  const kinds = new Set(shown.bars.flatMap((bar) => bar.segments.map((each) => each.kind)));
  const chargers = Object.entries(site.chargers);
  const sign = (kind: string, text: string, colour?: string): TemplateResult =>
    html`<li>
      <i class=${kind} style=${colour ? `--colour: ${colour}` : nothing}></i>${text}
    </li>`;
  return html`<ul class="legend">
    ${site.supply.metered ? sign("house", words.say("house")) : nothing}
    ${kinds.has("export") ? sign("export", words.say("export")) : nothing}
    ${chargers.length <= colours.size && chargers.length <= 6
      ? chargers.map(([id, each]) => sign("charger", each.name ?? "", colours.get(id)))
      : nothing}
    ${kinds.has("promised") ? sign("promised", words.say("promised")) : nothing}
    ${sign("fuse", words.say("fuse"))}
    ${shown.ceiling !== undefined ? sign("ceiling", words.say("ceiling")) : nothing}
    ${shown.offline !== undefined ? sign("offline", words.say("offline_limit")) : nothing}
  </ul>`;
}
