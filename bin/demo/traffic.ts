import { Agent, request } from "node:http";

import type { Client } from "./client";
import type { DigitRow } from "./data";

export type TrafficCounts = { sent: number; failed: number; labelled: number; unlabelled: number; byVersion: Record<string, { answers: number; lastAtMs: number }> };
export type Traffic = { use: (rows: readonly DigitRow[]) => void; counts: () => TrafficCounts; stop: () => Promise<void> };

type Options = { url: string; token: string; api: Client; endpoint: string; rows: readonly DigitRow[]; perSecond: number; random: () => number };
type Truth = { predictionId: string; value: string; dueAtMs: number };

/** Share of predictions whose truth never arrives. */
const neverLabelled = 0.05;

/**
 * Replays real held-out rows through the gateway, drawn by a seeded generator, and reports what each digit really was:
 * one to six seconds later, hence out of order, and for one in twenty never.
 */
export const startTraffic = ({ url, token, api, endpoint, rows, perSecond, random }: Options): Traffic => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const target = new URL(`${url}/w/default/production/v2/models/${endpoint}/infer`);
  const counts: TrafficCounts = { sent: 0, failed: 0, labelled: 0, unlabelled: 0, byVersion: {} };
  let pool = rows;
  let truths: Truth[] = [];
  let isStopped = false;

  const send = (): void => {
    const row = pool[Math.floor(random() * pool.length)];
    if (!row) return;
    const delayMs = 1_000 + random() * 5_000;
    const isLabelled = random() >= neverLabelled;
    const body = JSON.stringify({ id: row.id, inputs: [{ name: "X", datatype: "FP32", shape: [1, row.pixels.length], data: row.pixels }] });
    counts.sent += 1;
    const call = request(target, { method: "POST", agent, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      if (answer.statusCode !== 200) counts.failed += 1;
      const predictionId = String(answer.headers["x-slipway-prediction-id"] ?? "");
      const version = String(answer.headers["x-slipway-version"] ?? "none");
      counts.byVersion[version] = { answers: (counts.byVersion[version]?.answers ?? 0) + 1, lastAtMs: Date.now() };
      if (isLabelled && predictionId) truths.push({ predictionId, value: row.label, dueAtMs: Date.now() + delayMs });
      else counts.unlabelled += 1;
    });
    call.on("error", () => void (counts.failed += 1));
    call.end(body);
  };

  const label = async (): Promise<void> => {
    const now = Date.now();
    const due = truths.filter((truth) => truth.dueAtMs <= now).sort((a, b) => b.dueAtMs - a.dueAtMs).slice(0, 500);
    if (due.length === 0) return;
    truths = truths.filter((truth) => !due.includes(truth));
    await api.call("POST", "/labels", { endpoint, environment: "production", items: due.map(({ predictionId, value }) => ({ predictionId, value })) });
    counts.labelled += due.length;
  };

  const startedAtMs = performance.now();
  let paced = 0;
  const beat = setInterval(() => {
    for (const wanted = ((performance.now() - startedAtMs) / 1000) * perSecond; paced < wanted; paced += 1) send();
  }, 20);
  const labelling = (async () => {
    while (!isStopped) {
      await label();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();

  return {
    use: (next) => void (pool = next),
    counts: () => counts,
    stop: async () => {
      isStopped = true;
      clearInterval(beat);
      await labelling;
      agent.destroy();
    },
  };
};
