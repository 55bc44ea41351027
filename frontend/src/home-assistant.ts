// What is used of Home Assistant's frontend, as far as it is public.

export interface Connection {
  addEventListener(event: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(event: "ready" | "disconnected", listener: () => void): void;
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
}

export interface Locale {
  language: string;
  number_format: string;
  time_format: string;
  time_zone?: string;
}

export interface Entity {
  platform?: string;
  device_id?: string;
  translation_key?: string;
  entity_category?: string;
  hidden?: boolean;
}

export interface Device {
  name?: string | null;
  name_by_user?: string | null;
  primary_config_entry?: string | null;
  config_entries?: string[];
}

export interface HomeAssistant {
  connection: Connection;
  connected: boolean;
  locale: Locale;
  config: { time_zone: string };
  entities: Record<string, Entity | undefined>;
  devices: Record<string, Device | undefined>;
  localize(key: string, values?: Record<string, string>): string;
  loadBackendTranslation?(category: string, integration?: string): Promise<unknown>;
  callService(domain: string, service: string, data: object): Promise<unknown>;
}

/** Return the page's own, for what is asked before a card is drawn. */
export function pageHass(): HomeAssistant | undefined {
  const page = document.querySelector("home-assistant");
  return (page as unknown as { hass?: HomeAssistant } | null)?.hass;
}
