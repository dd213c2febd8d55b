import { createHmac } from "node:crypto";

import { hourMs } from "@/lib/core/durations";
import { messageOf } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";
import { type HttpClient, openHttpClient } from "@/lib/platform/http-client";

import { webhookAddressCheck } from "./address";

const timeoutMs = 10_000;
const keptBody = 1_000;

const clients = new WeakMap<Deps["env"], HttpClient>();
const clientOf = ({ env }: Pick<Deps, "env">): HttpClient => {
  const client = clients.get(env) ?? openHttpClient([], webhookAddressCheck(env));
  clients.set(env, client);
  return client;
};

/** `v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body` (Standard Webhooks, as MLflow signs). */
export const signatureOf = (secret: string, id: string, timestamp: string, body: string): string => `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`;

export type Sending = { url: string; secret: string | null; id: string; body: string; at: Date };
export type Outcome = {
  kind: "delivered" | "retry" | "refused";
  status: number | null;
  responseBody: string | null;
  error: string | null;
  retryAfterMs: number | null;
};

/** Seconds or a date (RFC 9110, 10.2.3) as milliseconds from now, at most an hour. */
const waitOf = (text: string | undefined, at: Date): number | null => {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - at.getTime();
  return Number.isFinite(ms) ? Math.min(hourMs, Math.max(0, ms)) : null;
};

/** Sends one signed notice once. Never raises: what went wrong is the outcome. Redirects are not followed. */
export const sendNotice = async (deps: Pick<Deps, "env">, { url, secret, id, body, at }: Sending): Promise<Outcome> => {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const headers = {
    "content-type": "application/json",
    "user-agent": "slipway-webhooks",
    "x-mlflow-delivery-id": id,
    "x-mlflow-timestamp": timestamp,
    ...(secret ? { "x-mlflow-signature": signatureOf(secret, id, timestamp, body) } : {}),
  };
  try {
    const { status, text, retryAfter } = await clientOf(deps).send({ method: "POST", url, headers, body, signal: AbortSignal.timeout(timeoutMs) });
    const kind = status >= 200 && status < 300 ? "delivered" : status === 429 || status >= 500 ? "retry" : "refused";
    const error = kind === "delivered" ? null : status >= 300 && status < 400 ? `The address redirects (${status}); redirects are not followed.` : `The receiver answered ${status}.`;
    return { kind, status, responseBody: text.slice(0, keptBody).replaceAll("\0", ""), error, retryAfterMs: waitOf(retryAfter, at) };
  } catch (error) {
    return { kind: "retry", status: null, responseBody: null, error: reasonOf(error), retryAfterMs: null };
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && error.name === "TimeoutError") return `No answer within ${timeoutMs / 1000} s.`;
  const cause = error instanceof Error ? error.cause : undefined;
  return [messageOf(error), cause === undefined ? "" : messageOf(cause)].filter((text) => text !== "").join(": ").slice(0, 500) || "The connection failed.";
};
