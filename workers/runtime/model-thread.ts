import { parentPort, workerData } from "node:worker_threads";

import { messageOf, must } from "@/lib/core/errors";

import { probeBatching } from "./batch-probe";
import { openSession, type Session } from "./session";
import type { Tensor } from "./tensors";
import type { FromThread, ThreadStart, ToThread } from "./thread-protocol";

/** Entry of the thread that owns one model: runs block here, never in the server. */
const port = must(parentPort, "a parent thread");

const buffersOf = (tensors: readonly Tensor[]): ArrayBuffer[] => tensors.flatMap(({ data }) => (Array.isArray(data) || !(data.buffer instanceof ArrayBuffer) ? [] : [data.buffer]));
const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const serve = (session: Session): void => {
  const run = async (id: number, inputs: Tensor[]): Promise<void> => {
    try {
      const outputs = await session.run(inputs);
      send({ kind: "done", id, outputs }, buffersOf(outputs));
    } catch (error) {
      send({ kind: "failed", id, message: messageOf(error) });
    }
  };
  port.on("message", (message: ToThread) => {
    if (message.kind === "run") void run(message.id, message.inputs);
    else port.close();
  });
};

const start = async ({ path, threads }: ThreadStart): Promise<void> => {
  try {
    const session = await openSession(path, threads);
    const isBatchable = await probeBatching(session);
    serve(session);
    send({ kind: "ready", model: { inputs: session.inputs, outputs: session.outputs, unserved: session.unserved, isBatchable } });
  } catch (error) {
    send({ kind: "refused", message: messageOf(error) });
  }
};

await start(workerData as ThreadStart);
