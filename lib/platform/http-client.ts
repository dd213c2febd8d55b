import { isIP } from "node:net";

import { Agent, buildConnector, request } from "undici";

import { AppError } from "@/lib/core/errors";

import { type AddressCheck, guardedLookup, isPublicAddress } from "./addresses";

export type HttpRequest = { method: "GET" | "POST"; url: string; headers?: Record<string, string>; json?: unknown; /** Sent as it stands, instead of `json`. */ body?: string; signal: AbortSignal };
export type HttpClient = { send: (request: HttpRequest) => Promise<{ status: number; text: string; retryAfter?: string }>; close: () => Promise<void> };

const maxResponseBytes = 1_000_000;

const publicOnly: AddressCheck = (address, hostname) => (isPublicAddress(address) ? null : `${hostname} leads to the private address ${address}, which may not be called.`);
const portOf = ({ port, protocol }: { port?: string | null; protocol?: string | null }): number => Number(port) || (protocol === "https:" ? 443 : 80);

/**
 * Opens the one client of outgoing calls. Every connection's address is checked at the moment of connecting, so that
 * a name that resolves anew can't slip through; redirects are never followed. `trustedOrigins` (the operator's own
 * runtimes, from the settings) may be private; `check` decides about the addresses of all others.
 */
export const openHttpClient = (trustedOrigins: readonly string[], check: AddressCheck = publicOnly): HttpClient => {
  const guarded = new Agent({
    connections: 16,
    connect: (options, callback) => {
      buildConnector({ timeout: 5_000, lookup: guardedLookup(check, portOf(options)) })(options, callback);
    },
  });
  const trusted = new Agent({ connections: 16, connect: { timeout: 5_000 } });
  const origins = new Set(trustedOrigins.map((origin) => new URL(origin).origin));

  return {
    send: async ({ method, url, headers, json, body, signal }) => {
      const target = new URL(url);
      if (!/^https?:$/.test(target.protocol) || target.username || target.password) throw new AppError("invalid", "http.bad_url", "Only plain http and https addresses without user names can be called.");
      const isTrusted = origins.has(target.origin);
      const host = target.hostname.replace(/^\[|\]$/g, "");
      const problem = !isTrusted && isIP(host) ? check(host, host, portOf(target)) : null;
      if (problem !== null) throw new AppError("forbidden", "http.private_address", problem);
      const response = await request(target, {
        method,
        dispatcher: isTrusted ? trusted : guarded,
        signal,
        headers: { ...headers, ...(json === undefined ? {} : { "content-type": "application/json" }) },
        ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxResponseBytes) throw new AppError("unavailable", "http.answer_too_large", `The answer of ${target.origin} is larger than ${maxResponseBytes} bytes.`);
        chunks.push(chunk);
      }
      const retryAfter = response.headers["retry-after"];
      return { status: response.statusCode, text: Buffer.concat(chunks).toString("utf8"), ...(typeof retryAfter === "string" ? { retryAfter } : {}) };
    },
    close: async () => {
      await Promise.all([guarded.close(), trusted.close()]);
    },
  };
};
