import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { extend, Feed, feedOf, merge, type Message } from "../src/feed";
import type { Connection } from "../src/home-assistant";

describe("a merge patch", () => {
  it("changes what differs, removes null, keeps the rest", () => {
    const before = { a: { b: 1, c: [1, 2] }, d: 2 };
    expect(merge(before, { a: { b: null, c: [3] }, e: 5 })).toEqual({
      a: { c: [3] },
      d: 2,
      e: 5,
    });
    expect(before.a).toEqual({ b: 1, c: [1, 2] });
  });

  it("takes a figure in place of an object, and the reverse", () => {
    expect(merge({ a: 1 }, { a: { b: 2 } })).toEqual({ a: { b: 2 } });
    expect(merge({ a: { b: 2 } }, { a: [1] })).toEqual({ a: [1] });
  });
});

describe("the last minutes", () => {
  it("are no more than 15, without doubles, in order", () => {
    const point = (t: number, a: number) => ({ t, drawn: { a: [a, a, a] as [number, number, number] } });
    const before = { points: [point(0, 1), point(900, 1)], events: [{ t: 1, target: "x", type: "y" }] };
    const after = extend(before, { points: [point(905, 3), point(900, 2)] });
    expect(after.points.map((each) => each.t)).toEqual([900, 905]);
    expect(after.points[0]!.drawn["a"]![0]).toBe(2);
    expect(after.events).toEqual([]);
  });
});

/** A connection that can be lost, to a Home Assistant that may not know the command. */
class Line implements Connection {
  known = true;
  asked = 0;
  ended = 0;
  send?: (message: Message) => void;
  private listeners: Record<string, (() => void)[]> = { ready: [], disconnected: [] };

  addEventListener(event: "ready" | "disconnected", listener: () => void): void {
    this.listeners[event]!.push(listener);
  }
  removeEventListener(event: "ready" | "disconnected", listener: () => void): void {
    this.listeners[event] = this.listeners[event]!.filter((each) => each !== listener);
  }
  fire(event: "ready" | "disconnected"): void {
    for (const each of this.listeners[event]!) each();
  }
  subscribeMessage<T>(callback: (message: T) => void): Promise<() => Promise<void>> {
    this.asked++;
    if (!this.known) return Promise.reject(new Error("unknown_command"));
    this.send = callback as (message: Message) => void;
    return Promise.resolve(() => {
      this.ended++;
      return Promise.resolve();
    });
  }
}

const FIRST = { format: 1, card: "v", sites: { e: { title: "Home", state: "loaded" } } };

describe("the feed", () => {
  let line: Line;
  let feed: Feed;
  let told: number;
  beforeEach(() => {
    vi.useFakeTimers();
    line = new Line();
    feed = new Feed(line);
    told = 0;
  });
  afterEach(() => vi.useRealTimers());

  const follow = async () => {
    const leave = feed.follow(() => told++);
    await vi.advanceTimersByTimeAsync(0);
    return leave;
  };

  it("asks once for all cards, and no more when the last is gone", async () => {
    const [first, second] = [await follow(), await follow()];
    expect(line.asked).toBe(1);
    first();
    expect(line.ended).toBe(0);
    second();
    expect(line.ended).toBe(1);
    expect(feedOf(line)).toBe(feedOf(line));
  });

  it("shows what is told, and then what changed", async () => {
    await follow();
    line.send!(FIRST);
    line.send!({ sites: { e: { title: "House" } } });
    expect(feed.sites["e"]).toEqual({ title: "House", state: "loaded" });
    expect([feed.status, told, feed.version]).toEqual(["told", 2, "v"]);
  });

  it("keeps what it knew through a lost connection, and asks again itself", async () => {
    await follow();
    line.send!(FIRST);
    line.fire("disconnected");
    expect([feed.status, feed.sites["e"]!.title]).toEqual(["lost", "Home"]);
    line.known = false; // Home Assistant answers before its integrations do
    line.fire("ready");
    await vi.advanceTimersByTimeAsync(0);
    line.known = true;
    await vi.advanceTimersByTimeAsync(600);
    line.send!({ ...FIRST, sites: { e: { title: "Anew", state: "loaded" } } });
    expect([feed.status, feed.sites["e"]!.title]).toEqual(["told", "Anew"]);
    expect(line.asked).toBe(3);
  });

  it("does not listen to what a subscription of before still sends", async () => {
    await follow();
    const before = line.send!;
    line.fire("disconnected");
    before(FIRST);
    expect(feed.sites).toEqual({});
  });

  it("says where Home Assistant does not know it, and asks more seldom", async () => {
    line.known = false;
    await follow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(feed.status).toBe("unknown_command");
    expect(line.asked).toBeLessThan(14);
  });

  it("goes by Home Assistant's clock, whatever the browser's says", async () => {
    vi.setSystemTime(1_000_000);
    await follow();
    line.send!({ ...FIRST, time: 5000 });
    await vi.advanceTimersByTimeAsync(3000);
    expect([feed.now, feed.toldAt]).toEqual([5003, 5000]);
  });

  it("says where it does not understand what a newer integration tells", async () => {
    await follow();
    line.send!({ ...FIRST, format: 2 });
    expect([feed.status, feed.sites]).toEqual(["old_card", {}]);
  });
});
