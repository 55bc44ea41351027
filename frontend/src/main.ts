// What the file does when a dashboard loads it: offers the card and the dashboard.
import { AmpGuardCard, CARD } from "./card";
import { pageHass, type HomeAssistant } from "./home-assistant";
import { AmpGuardStrategy, STRATEGY } from "./strategy";
import { Words } from "./words";

/** Once: the file may be among the resources twice, or at an old address as well. */
function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

function defineAll(): void {
  define(CARD, AmpGuardCard);
  define(`ll-strategy-dashboard-${STRATEGY}`, AmpGuardStrategy);
}

defineAll();
// The frontend may put a registry of its own in place of the browser's while it starts.
void customElements.whenDefined("home-assistant").then(defineAll);

interface Offers {
  customCards?: { type: string }[];
  customStrategies?: { type: string }[];
}

const offers = window as unknown as Offers;

function words(): Words | undefined {
  const hass = pageHass();
  return hass && new Words(hass.locale, hass.localize);
}

offers.customCards ??= [];
if (!offers.customCards.some((each) => each.type === CARD)) {
  const offer = {
    type: CARD,
    name: "Amp Guard",
    preview: true,
    get description(): string {
      return words()?.say("card_description") ?? "";
    },
    documentationURL: "https://github.com/amp-guard/amp_guard/blob/main/docs/card.md",
    getEntitySuggestion(hass: HomeAssistant, entityId: string): object | null {
      const entity = hass.entities[entityId];
      if (entity?.platform !== "amp_guard") return null;
      const device = entity.device_id ? hass.devices[entity.device_id] : undefined;
      const entry = device?.primary_config_entry ?? device?.config_entries?.[0];
      return { config: { type: `custom:${CARD}`, ...(entry ? { entry_id: entry } : {}) } };
    },
  };
  offers.customCards.push(offer);
}

offers.customStrategies ??= [];
if (!offers.customStrategies.some((each) => each.type === STRATEGY)) {
  const offer = {
    type: STRATEGY,
    strategyType: "dashboard",
    name: "Amp Guard",
    get description(): string {
      return words()?.say("strategy_description") ?? "";
    },
  };
  offers.customStrategies.push(offer);
}
