// The feed: one subscription for all cards of a page, kept up whatever happens.
import type { Minutes, Site } from "./site";
import type { Connection } from "./home-assistant";

const FORMAT = 1;
/** s that are kept, as the integration keeps them. */
export const SPAN = 900;
/** ms between tries where Home Assistant does not know the command (yet). */
const PAUSES = [500, 1000, 2000, 5000, 10000];

type Json = Record<string, unknown>;

export interface Message {
  format?: number;
  card?: string;
  /** s since 1970, by Home Assistant's clock. */
  time?: number;
  sites?: Json;
  history?: Record<string, Partial<Minutes>>;
}

/** Apply a JSON merge patch (RFC 7396); neither what is there nor the result has null. */
export function merge(before: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Json = isObject(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Add what was told to the last minutes; a point of the same time takes its place. */
export function extend(before: Minutes, added: Partial<Minutes>): Minutes {
  const points = new Map(before.points.map((point) => [point.t, point]));
  for (const point of added.points ?? []) points.set(point.t, point);
  const sorted = [...points.values()].sort((a, b) => a.t - b.t);
  const events = [...before.events, ...(added.events ?? [])];
  const newest = Math.max(sorted.at(-1)?.t ?? 0, events.at(-1)?.t ?? 0);
  const isKept = (each: { t: number }): boolean => each.t >= newest - SPAN;
  return { points: sorted.filter(isKept), events: events.filter(isKept) };
}

export type Status = "waiting" | "told" | "lost" | "unknown_command" | "old_card";

export class Feed {
  status: Status = "waiting";
  sites: Record<string, Site> = {};
  minutes: Record<string, Minutes> = {};
  /** Of the card that the integration brings. */
  version?: string;
  /** How many messages came, and when the last one (s since 1970). */
  messages = 0;
  toldAt = 0;

  /** ms by which Home Assistant's clock is ahead of the browser's. */
  private ahead = 0;
  private listeners = new Set<() => void>();
  private unsubscribe?: () => Promise<void>;
  private tries = 0;
  private timer?: ReturnType<typeof setTimeout>;
  private generation = 0;

  constructor(private connection: Connection) {}

  /** Call `listener` after each change until what is returned is called. */
  follow(listener: () => void): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  /** s since 1970, by the clock that what is told goes by. */
  get now(): number {
    return (Date.now() + this.ahead) / 1000;
  }

  private open(): void {
    this.connection.addEventListener("ready", this.onReady);
    this.connection.addEventListener("disconnected", this.onLost);
    void this.subscribe();
  }

  private close(): void {
    this.connection.removeEventListener("ready", this.onReady);
    this.connection.removeEventListener("disconnected", this.onLost);
    this.generation++;
    clearTimeout(this.timer);
    void this.unsubscribe?.().catch(() => undefined);
    this.unsubscribe = undefined;
    this.status = "waiting";
  }

  private onReady = (): void => {
    this.tries = 0;
    void this.subscribe();
  };

  private onLost = (): void => {
    this.generation++;
    this.unsubscribe = undefined;
    clearTimeout(this.timer);
    this.become("lost");
  };

  /** Not by the connection itself: after a restart it asks once, which is too early. */
  private async subscribe(): Promise<void> {
    const generation = ++this.generation;
    const isCurrent = (): boolean => generation === this.generation;
    clearTimeout(this.timer);
    try {
      const unsubscribe = await this.connection.subscribeMessage<Message>(
        (message) => isCurrent() && this.take(message),
        { type: "amp_guard/subscribe" },
        { resubscribe: false },
      );
      if (isCurrent()) this.unsubscribe = unsubscribe;
      else void unsubscribe().catch(() => undefined);
      this.tries = 0;
    } catch {
      if (!isCurrent()) return;
      if (this.tries > 3) this.become("unknown_command");
      const pause = PAUSES[Math.min(this.tries++, PAUSES.length - 1)];
      this.timer = setTimeout(() => void this.subscribe(), pause);
    }
  }

  private take(message: Message): void {
    this.messages++;
    if (message.time !== undefined) this.ahead = 1000 * message.time - Date.now();
    this.toldAt = this.now;
    if (message.format !== undefined) {
      this.sites = {};
      this.minutes = {};
      this.version = message.card;
      this.status = message.format === FORMAT ? "told" : "old_card";
    }
    if (this.status === "told") {
      if (message.sites) this.sites = merge(this.sites, message.sites) as typeof this.sites;
      for (const [id, added] of Object.entries(message.history ?? {}))
        this.minutes[id] = extend(this.minutes[id] ?? { points: [], events: [] }, added);
    }
    this.tell();
  }

  private become(status: Status): void {
    this.status = status;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

const feeds = new WeakMap<Connection, Feed>();

/** Return the feed of a page: all its cards share one. */
export function feedOf(connection: Connection): Feed {
  let feed = feeds.get(connection);
  if (!feed) feeds.set(connection, (feed = new Feed(connection)));
  return feed;
}
