// The last 15 minutes of the fullest phase.
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Look } from "./bars";
import { SPAN } from "./feed";
import { chart, type Layer } from "./picture";
import type { Minutes, SiteEvent } from "./site";

const WIDTH = 600;
const HEIGHT = 120;
/** s for which a point stands. */
const STEP = 5;
const ALARMS = new Set(["overload", "not_following", "fallback_entered"]);

export function lastMinutes(look: Look, minutes: Minutes): TemplateResult | typeof nothing {
  const { site, words } = look;
  const drawn = chart(site, minutes, SPAN);
  if (!drawn) return nothing;
  const fuse = site.supply.fuse;
  const top = Math.max(fuse * 1.2, drawn.peak * 1.05);
  const x = (t: number): number => ((t - drawn.begin) / SPAN) * WIDTH;
  const y = (current: number): number =>
    HEIGHT - ((current - drawn.lowest) / (top - drawn.lowest)) * HEIGHT;
  const spoken = words.say("chart", {
    phase: words.phase(drawn.phase),
    peak: words.ampere(drawn.peak),
    limit: words.limit(fuse),
  });
  const newest = minutes.events.at(-1);
  return html`<figure class="minutes">
    <figcaption>
      <span>${words.say("chart_title", { phase: words.phase(drawn.phase) })}</span>
    </figcaption>
    <svg role="img" aria-label=${spoken} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
      ${drawn.layers.map(
        (layer) => svg`<path
          class=${layer.charger ? "charger" : "house"}
          style=${layer.charger ? `--colour: ${look.colours.get(layer.charger)}` : nothing}
          d=${outline(layer, x, y)}
        ></path>`,
      )}
      <line class="zero" x1="0" x2=${WIDTH} y1=${y(0)} y2=${y(0)}></line>
      <line class="fuse" x1="0" x2=${WIDTH} y1=${y(fuse)} y2=${y(fuse)}></line>
    </svg>
    <div class="dots">
      ${minutes.events
        .filter((event) => event.t >= drawn.begin)
        .map(
          (event) => html`<span
            class="dot ${ALARMS.has(event.type) ? "alarm" : ""}"
            title=${told(look, event)}
            style="left: ${((x(event.t) / WIDTH) * 100).toFixed(1)}%; top: ${(
              (y(fuse) / HEIGHT) *
              100
            ).toFixed(1)}%"
          ></span>`,
        )}
    </div>
    <div class="axis"><span>${words.say("minutes_ago")}</span><span>${words.say("now")}</span></div>
    ${newest ? html`<p class="newest">${told(look, newest)}</p>` : nothing}
  </figure>`;
}

/** Return a layer's outline: forth along its top, back along its bottom. */
function outline(
  layer: Layer,
  x: (t: number) => number,
  y: (current: number) => number,
): string {
  const steps = layer.steps;
  if (!steps.some((step) => step.from !== step.to)) return "";
  const at = (t: number, current: number): string => `${x(t).toFixed(1)} ${y(current).toFixed(1)}`;
  // A gap, as after a restart, is not bridged.
  const until = (index: number): number => {
    const next = steps[index + 1]?.t ?? Infinity;
    const end = steps[index]!.t + STEP;
    return next - steps[index]!.t <= 3 * STEP ? next : end;
  };
  return steps
    .map((step, index) => {
      if (step.from === step.to) return "";
      const end = Math.min(until(index), steps.at(-1)!.t);
      return `M${at(step.t, step.from)}L${at(step.t, step.to)} ${at(end, step.to)} ${at(end, step.from)}Z`;
    })
    .join("");
}

function told({ site, words }: Look, event: SiteEvent): string {
  const charger = site.chargers[event.target];
  const name = (charger ?? site.groups[event.target])?.name ?? site.title ?? "";
  const kind = charger ? "charging" : "fuse";
  const what = words.of(`event.${kind}.state_attributes.event_type.state.${event.type}`);
  return words.say("event_at", {
    time: words.clock(event.t),
    name,
    event: what || event.type,
  });
}
