// The card: what is told of one supply, drawn.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { bars, type Look } from "./bars";
import { chargers } from "./chargers";
import { feedOf, type Feed } from "./feed";
import type { HomeAssistant } from "./home-assistant";
import { pageHass } from "./home-assistant";
import { limits } from "./limits";
import { lastMinutes } from "./minutes";
import { colours, picture, sections } from "./picture";
import { banners, sentence, type Banner } from "./sentence";
import { isLive, type Live, type Minutes, type Site } from "./site";
import { styles } from "./styles";
import { Words, type Key } from "./words";

export const CARD = "amp-guard-card";
/** What tells this file from another one; nothing where it was loaded without. */
const VERSION = new URL(import.meta.url).searchParams.get("v");
const NO_MINUTES: Minutes = { points: [], events: [] };
const FAILURE_SHOWN = 8000;

export interface Config {
  type: string;
  /** The supply; the only or first one where it is not said. */
  entry_id?: string;
  hide_minutes?: boolean;
  hide_controls?: boolean;
}

export class AmpGuardCard extends LitElement {
  static override styles = styles;

  private config?: Config;
  private feed?: Feed;
  private unfollow?: () => void;
  private folded = new Map<string, boolean>();
  private failure?: string;
  private ticking?: ReturnType<typeof setInterval>;
  private drawn?: { minutes: Minutes; words: Words; site: unknown; template: unknown };
  private words?: Words;
  private _hass?: HomeAssistant;

  /** It is given anew at each change of any state: only what concerns it counts. */
  set hass(hass: HomeAssistant) {
    const before = this._hass;
    this._hass = hass;
    if (
      before?.locale !== hass.locale ||
      before.localize !== hass.localize ||
      before.config.time_zone !== hass.config.time_zone
    ) {
      this.words = new Words(hass.locale, hass.localize, hass.config.time_zone);
      if (before?.locale.language !== hass.locale.language)
        void hass.loadBackendTranslation?.("entity", "amp_guard").then(this.redraw);
      this.requestUpdate();
    }
    if (this.isConnected && before?.connection !== hass.connection) this.follow();
  }

  setConfig(config: Config): void {
    this.config = config;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.redraw);
    this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.redraw);
    this.unfollow?.();
    this.unfollow = this.feed = undefined;
    this.tick(false);
  }

  getCardSize(): number {
    return 10;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  static getStubConfig(): Partial<Config> {
    return {};
  }

  static getConfigForm(): object {
    const label = (name: string): string => {
      const hass = pageHass();
      if (!hass) return name;
      return new Words(hass.locale, hass.localize).say(`f_${name}` as Key);
    };
    return {
      schema: [
        {
          name: "entry_id",
          selector: { config_entry: { integration: "amp_guard" } },
        },
        { name: "hide_minutes", selector: { boolean: {} } },
        { name: "hide_controls", selector: { boolean: {} } },
      ],
      computeLabel: ({ name }: { name: string }) => label(name),
    };
  }

  private follow(): void {
    if (!this._hass) return;
    this.unfollow?.();
    this.feed = feedOf(this._hass.connection);
    this.unfollow = this.feed.follow(this.redraw);
    this.requestUpdate();
  }

  /** Not while nobody sees it: it is drawn when the page is looked at again. */
  private redraw = (): void => {
    if (document.visibilityState === "visible") this.requestUpdate();
  };

  protected override shouldUpdate(): boolean {
    return !!this.config && !!this.words && !!this.feed;
  }

  protected override updated(_changed: PropertyValues): void {
    const site = this.site?.[1];
    const now = this.feed?.now ?? 0;
    const counts = Object.values(site?.now?.chargers ?? {}).some(
      (each) => (each.starts ?? 0) > now || (each.boosted ?? 0) > now,
    );
    this.tick(counts);
  }

  /** Redraw each second only while something is counted down. */
  private tick(on: boolean): void {
    if (on === (this.ticking !== undefined)) return;
    clearInterval(this.ticking);
    this.ticking = on ? setInterval(this.redraw, 1000) : undefined;
  }

  private get site(): [string, Site] | undefined {
    const sites = Object.entries(this.feed?.sites ?? {});
    const wanted = this.config?.entry_id;
    if (wanted) return sites.find(([id]) => id === wanted);
    return sites.find(([, site]) => isLive(site)) ?? sites[0];
  }

  protected override render(): TemplateResult {
    return html`<ha-card>${this.content()}</ha-card>`;
  }

  private content(): unknown {
    const words = this.words!;
    const feed = this.feed!;
    if (feed.status === "old_card") return this.old();
    const found = this.site;
    if (feed.status !== "told" && !found)
      return this.message(feed.status === "unknown_command" ? "m_unknown_command" : "m_waiting");
    if (!found) return this.message(this.config?.entry_id ? "m_gone" : "m_none");
    const [id, site] = found;
    if (site.state === "forbidden") return this.message("m_forbidden");
    if (!site.supply) return this.message("m_not_loaded", { title: site.title ?? "" });
    if (!isLive(site))
      return html`${this.head(site, "")}${this.banner({
        level: "warning",
        text: words.say("b_undecided"),
      })}`;
    return this.live(id, site);
  }

  private live(id: string, site: Live): unknown {
    const words = this.words!;
    const feed = this.feed!;
    const look: Look = { site, words, colours: colours(site), open: this.open };
    const shown = picture(site);
    const isLost = feed.status !== "told";
    const told = banners(site, words);
    if (isLost)
      told.unshift({
        level: "alarm",
        text: words.say("b_lost", { time: words.clock(feed.toldAt) }),
      });
    const minutes = feed.minutes[id] ?? NO_MINUTES;
    return html`
      ${this.head(site, sentence(site, words))}
      <div role="alert">${told.map((each) => this.banner(each))}</div>
      ${this.failure ? this.banner({ level: "warning", text: this.failure }) : nothing}
      ${VERSION && feed.version && VERSION !== feed.version ? this.old() : nothing}
      ${bars(look, shown)} ${this.limits(limits(site, words))}
      ${chargers(look, sections(site), {
        shown: !this.config?.hide_controls && !isLost,
        call: this.call,
        isOpen: (group, byItself) => this.folded.get(group) ?? byItself,
        fold: (group, open) => {
          this.folded.set(group, open);
          this.requestUpdate();
        },
        now: feed.now,
      })}
      ${this.config?.hide_minutes ? nothing : this.minutes(look, minutes)}
    `;
  }

  private limits(lines: string[]): unknown {
    return lines.length
      ? html`<ul class="limits">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`
      : nothing;
  }

  /** Drawn only when a point was added: once in 5 s. */
  private minutes(look: Look, minutes: Minutes): unknown {
    const { site, words } = look;
    const before = this.drawn;
    if (
      !before ||
      before.minutes !== minutes ||
      before.words !== words ||
      before.site !== site.chargers
    )
      this.drawn = {
        minutes,
        words,
        site: site.chargers,
        template: lastMinutes(look, minutes),
      };
    return this.drawn!.template;
  }

  private head(site: Site, text: string): TemplateResult {
    const words = this.words!;
    const limit = words.limit(site.supply?.fuse ?? 0);
    return html`<header>
      <h2>${words.say("main_fuse", { limit })}</h2>
      <p class="sentence">${text}</p>
    </header>`;
  }

  private banner({ level, text }: Banner, button: unknown = nothing): TemplateResult {
    return html`<div class="banner ${level}"><span>${text}</span>${button}</div>`;
  }

  private old(): TemplateResult {
    const words = this.words!;
    return this.banner(
      { level: "warning", text: words.say("b_old_card") },
      html`<button class="press" @click=${() => location.reload()}>${words.say("reload")}</button>`,
    );
  }

  private message(key: Key, values: Record<string, string> = {}): TemplateResult {
    return html`<p class="message">${this.words!.say(key, values)}</p>`;
  }

  private open = (entityId: string | undefined): void => {
    if (!entityId) return;
    const options = { detail: { entityId }, bubbles: true, composed: true };
    this.dispatchEvent(new CustomEvent("hass-more-info", options));
  };

  private call = (domain: string, service: string, data: object): void => {
    void this._hass!.callService(domain, service, data).catch((error: unknown) => {
      const message = (error as { message?: string } | undefined)?.message ?? String(error);
      this.failure = this.words!.say("failed", { error: message });
      this.requestUpdate();
      setTimeout(() => {
        this.failure = undefined;
        this.requestUpdate();
      }, FAILURE_SHOWN);
    });
  };
}
