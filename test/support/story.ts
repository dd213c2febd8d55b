import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import * as story from "@/bin/demo/story";
import { openTerminal, type Terminal } from "@/bin/demo/terminal";

import type { System } from "./system";

type Registered = Awaited<ReturnType<typeof story.register>>;
export type Told = story.Stage & { token: string; champion: Registered };

/** A terminal whose lines nobody sees. */
const quietTerminal = (): Terminal => openTerminal({ isTTY: false, columns: 120, write: () => true }, 9);

/** Two people join and sign in, v1 of the digits is registered, approved and released to an endpoint: the demo's first acts. */
export const openDigits = async (system: System): Promise<Told> => {
  const stage = await story.openStage({ url: system.url, gatewayUrl: system.gatewayUrl, adminToken: system.admin.token }, quietTerminal());
  const champion = await story.register(stage, stage.digits.model("champion"), "First release");
  await story.approve(stage, champion, stage.digits.model("champion"), null);
  const { token } = await story.openEndpoint(stage);
  await story.release(stage, champion, "all_at_once", null, 120_000);
  return { ...stage, token, champion };
};

/** Registers a further version of the digits, pins its reference and has it approved against `champion`. */
export const addVersion = async (stage: story.Stage, name: "challenger" | "harmful", champion: number): Promise<Registered> => {
  const files = stage.digits.model(name);
  const version = await story.register(stage, files, name);
  await story.pinReference(stage, version);
  await story.approve(stage, version, files, champion);
  return version;
};

/** A client of the endpoint: sends rows of the digits over kept connections; answers with the status, rejects where the connection broke. */
export const openCaller = (stage: Told): { call: () => Promise<number>; close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const target = new URL(`${stage.installation.gatewayUrl}/w/default/production/v2/models/${stage.name}/infer`);
  const rows = stage.digits.pool("heldout_usual");
  let turn = 0;
  const call = (): Promise<number> =>
    new Promise((resolve, reject) => {
      turn += 1;
      const pixels = rows[turn % rows.length]?.pixels ?? [];
      const body = JSON.stringify({ inputs: [{ name: "X", datatype: "FP32", shape: [1, pixels.length], data: pixels }] });
      const sent = request(target, { method: "POST", agent, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization: `Bearer ${stage.token}` } }, (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return { call, close: () => agent.destroy() };
};

/** Looks every 25 ms until `read` gives something; raises after `seconds`, saying what was waited for. */
export const waitFor = async <T>(what: string, seconds: number, read: () => Promise<T | undefined>): Promise<T> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await read();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(25);
  }
};
