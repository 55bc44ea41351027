// A row for each charger, in its group.
import { html, nothing, type TemplateResult } from "lit";
import type { Look } from "./bars";
import { isAsking, type Section } from "./picture";
import { reason } from "./sentence";
import type { Charger, Charging } from "./site";
import type { Key } from "./words";

/** Chargers that are shown without groups to fold. */
const FEW = 6;
/** Of the fullest group, so many are shown without being asked for. */
const MANY = 12;
/** A ceiling without an end: nobody asks that it charges. */
const UNASKED = "no_request";
const PRIORITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export interface Controls {
  shown: boolean;
  /** Call an action; what fails is said by the card. */
  call: (domain: string, service: string, data: object) => void;
  isOpen: (group: string, byItself: boolean) => boolean;
  fold: (group: string, open: boolean) => void;
  /** s since 1970 */
  now: number;
}

export function chargers(look: Look, all: Section[], controls: Controls): unknown {
  const count = Object.keys(look.site.chargers).length;
  const rows = (section: Section): unknown =>
    section.chargers.length
      ? html`<div class="rows">${section.chargers.map((id) => row(look, id, controls))}</div>`
      : html`<p class="quiet">${look.words.say("no_chargers")}</p>`;
  if (all.length === 1 && count <= FEW) return rows(all[0]!);
  return all.map((section, index) => {
    const byItself = count <= FEW || (index === 0 && section.chargers.length <= MANY);
    const open = controls.isOpen(section.id, byItself);
    return html`<section class="group">
      <button
        class="fold"
        aria-expanded=${open ? "true" : "false"}
        @click=${() => controls.fold(section.id, !open)}
      >
        <span class="arrow" aria-hidden="true"></span>
        <span class="name">${look.site.groups[section.id]?.name ?? ""}</span>
        <span class="line ${section.overloaded ? "over" : ""}">${line(look, section)}</span>
      </button>
      ${open ? rows(section) : nothing}
    </section>`;
  });
}

function line({ words }: Look, section: Section): string {
  return words.say("group_line", {
    used: words.ampere(section.used),
    limit: words.limit(section.limit),
    count: `${section.charging}`,
  });
}

function row(look: Look, id: string, controls: Controls): TemplateResult | typeof nothing {
  const { site, words } = look;
  const charger = site.chargers[id];
  const charging = site.now.chargers[id];
  if (!charger || !charging) return nothing;
  const isActive = charging.reason !== "inactive";
  const status = isActive ? charging.status : "inactive";
  const drawn = Math.max(...charging.drawn);
  const on = charging.drawn.flatMap((each, phase) => (each >= 0.5 ? [words.phase(phase)] : []));
  return html`<div class="row" data-charger=${id}>
    <i class="sign" style="--colour: ${look.colours.get(id)}" aria-hidden="true"></i>
    <div class="who">
      <h3>${charger.name ?? ""}</h3>
      <span class="state">
        ${words.say(`c_${status}` as Key)}${on.length ? ` · ${on.join(" ")}` : nothing}
      </span>
      <span class="why">${details(look, id, charging, controls.now)}</span>
    </div>
    <button
      class="figure"
      ?disabled=${!charger.entities["drawn_current"]}
      @click=${() => look.open(charger.entities["drawn_current"])}
    >
      <span class="now">${words.ampere(drawn)}</span>
      ${isActive
        ? html`<span class="free">
            ${words.say("of_allocated", { current: words.limit(charging.allocated) })}
          </span>`
        : nothing}
      ${charging.power === undefined
        ? nothing
        : html`<span class="free power">${words.kilowatt(charging.power)}</span>`}
    </button>
    ${controls.shown ? buttons(look, charger, charging, controls) : nothing}
  </div>`;
}

function details(look: Look, id: string, charging: Charging, now: number): TemplateResult[] {
  const { words } = look;
  // Of an empty place its state says it all.
  const idle = ["not_connected", "not_wanted", "inactive"].includes(charging.reason);
  const lines = idle ? [] : [reason(look.site, id, words)];
  if (charging.starts !== undefined && charging.starts > now && isAsking(charging.status))
    lines.push(
      words.say("starts", {
        time: words.clock(charging.starts),
        left: words.countdown(charging.starts, now),
      }),
    );
  if (charging.boosted !== undefined && charging.boosted > now)
    lines.push(words.say("boosted", { time: words.clock(charging.boosted) }));
  if (charging.user_limit !== undefined)
    lines.push(words.say("limited_to", { limit: words.limit(charging.user_limit) }));
  const asked = look.site.now.ceilings.filter(
    ({ target, name }) => target === id && name !== UNASKED,
  );
  if (charging.reason === "ceiling" && asked.length) {
    const { current, end } = asked.reduce((a, b) => (b.current < a.current ? b : a));
    lines.push(
      words.say("ceiling_until", { limit: words.limit(current), time: words.clock(end) }),
    );
  }
  if (!charging.follows && charging.reason !== "not_following")
    lines.push(words.reason("not_following"));
  return lines.map((text) => html`<span>${text}</span>`);
}

function buttons(
  { words }: Look,
  charger: Charger,
  charging: Charging,
  controls: Controls,
): TemplateResult {
  const press = (key: string) => () =>
    controls.call("button", "press", { entity_id: charger.entities[key] });
  const name = charger.name ?? "";
  const isFirst = charging.boosted !== undefined && charging.boosted > controls.now;
  return html`<div class="buttons">
    ${isFirst
      ? button(words.say("end_boost"), name, () =>
          controls.call("amp_guard", "end_boost", { device_id: charger.device }),
        )
      : charger.entities["charge_now"]
        ? button(words.of("button.charge_now.name"), name, press("charge_now"))
        : nothing}
    ${charging.user_limit !== undefined && charger.entities["release_user_limit"]
      ? button(words.of("button.release_user_limit.name"), name, press("release_user_limit"))
      : nothing}
    <label class="priority">
      <span>${words.of("select.priority.name")}</span>
      <select
        aria-label="${words.of("select.priority.name")}, ${name}"
        @change=${(event: Event) =>
          controls.call("amp_guard", "set_priority", {
            device_id: charger.device,
            priority: Number((event.target as HTMLSelectElement).value),
          })}
      >
        ${PRIORITIES.map(
          (each) =>
            html`<option value=${each} .selected=${each === charger.priority}>${each}</option>`,
        )}
      </select>
    </label>
  </div>`;
}

function button(text: string, name: string, press: () => void): TemplateResult {
  return html`<button class="press" aria-label="${text}, ${name}" @click=${press}>${text}</button>`;
}
