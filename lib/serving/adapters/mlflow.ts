import { setTimeout as sleep } from "node:timers/promises";

import { AppError, isAppError, messageOf } from "@/lib/core/errors";
import { isObject, readJson } from "@/lib/core/json";
import type { HttpClient } from "@/lib/platform/http-client";

import { scoringProblem, scoringRequest } from "./scoring-body";
import type { ProbeResult, RuntimeAdapter } from "./types";

export type MlflowAdapterOptions = {
  http: HttpClient;
  /** Where the server of a version listens; null when nobody said. */
  addressOf: (versionId: string) => Promise<string | null>;
};

const pingTries = 3;
const pauseMs = 250;
const pingMs = 5_000;
const shownLength = 300;

const noServer = "No server is registered for this version. Start one with `mlflow models serve` and give its address on the version's page.";

const readError = (text: string, status: number): string => {
  const document = readJson(text);
  const message = isObject(document) ? (document["message"] ?? document["detail"]) : undefined;
  return typeof message === "string" ? `${message.slice(0, shownLength)} (status ${status})` : `the server answered ${status}`;
};

/**
 * Adapter of MLflow's scoring server (`mlflow models serve`; paths /ping and /invocations). One server holds one version from
 * its start, so there is nothing to load or unload. The protocol doesn't say which version a server holds.
 */
export const openMlflowAdapter = ({ http, addressOf }: MlflowAdapterOptions): RuntimeAdapter => {
  const call = async (method: "GET" | "POST", url: string, signal: AbortSignal, body?: string): Promise<{ status: number; text: string }> => {
    try {
      return await http.send({ method, url, signal, ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body }) });
    } catch (cause) {
      if (isAppError(cause) && cause.kind !== "unavailable") throw cause;
      const refusal = cause instanceof Error && isAppError(cause.cause) ? cause.cause : undefined;
      throw refusal ?? new AppError("unavailable", "runtime.unreachable", `The scoring server at ${url} can't be reached: ${messageOf(cause)}.`, { cause });
    }
  };

  const ping = async (address: string, signal: AbortSignal): Promise<ProbeResult> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { status, text } = await call("GET", `${address}/ping`, AbortSignal.any([signal, AbortSignal.timeout(pingMs)]));
        return status === 200 ? { state: "READY" } : { state: status === 503 ? "LOADING" : "UNAVAILABLE", reason: `The scoring server at ${address} is not well: ${readError(text, status)}.` };
      } catch (error) {
        if (isAppError(error) && error.kind !== "unavailable") return { state: "UNAVAILABLE", reason: error.message };
        // One lost packet is not a dead server.
        if (attempt >= pingTries || signal.aborted) throw error;
        await sleep(pauseMs);
      }
    }
  };

  const probe: RuntimeAdapter["probe"] = async (versionId, signal) => {
    const address = await addressOf(versionId);
    return address === null ? { state: "UNAVAILABLE", reason: noServer } : ping(address, signal);
  };

  return {
    answersWhileItLives: true,
    probe,
    load: (version, signal) => probe(version.id, signal),
    unload: () => Promise.resolve(),
    smoke: async (version, signal) => {
      const address = await addressOf(version.id);
      if (address === null) return noServer;
      const body = version.example ?? scoringRequest(version.signature);
      if (body === null) return null;
      const { status, text } = await call("POST", `${address}/invocations`, signal, body);
      return status === 200 ? scoringProblem(version.signature, body, text) : `The scoring server refused ${version.example === null ? "a made-up row" : "the model's own input example"}: ${readError(text, status)}. Does it serve ${version.modelName} v${version.number}?`;
    },
  };
};
