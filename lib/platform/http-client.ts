import { lookup as resolve, type LookupAddress } from "node:dns";
import { BlockList, isIP } from "node:net";

import { Agent, request } from "undici";

import { AppError } from "@/lib/core/errors";

/** Addresses that nothing outside may make us call: loopback, private, link-local, documentation, multicast, reserved. */
const refused = new BlockList();
for (const [address, prefix] of [["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4]] as const) refused.addSubnet(address, prefix, "ipv4");
for (const [address, prefix] of [["::", 128], ["::1", 128], ["64:ff9b::", 96], ["64:ff9b:1::", 48], ["100::", 64], ["2001:db8::", 32], ["2002::", 16], ["fc00::", 7], ["fe80::", 10], ["ff00::", 8]] as const) refused.addSubnet(address, prefix, "ipv6");

/** Tells whether an address may be called by a request whose target somebody else chose. */
export const isPublicAddress = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return isPublicAddress(mapped);
  const family = isIP(address);
  // Any other spelling of an IPv4 address inside IPv6 is refused rather than interpreted.
  return family === 4 ? !refused.check(address, "ipv4") : family === 6 && !/^::ffff:/i.test(address) && !refused.check(address, "ipv6");
};

export type HttpRequest = { method: "GET" | "POST"; url: string; headers?: Record<string, string>; json?: unknown; signal: AbortSignal };
export type HttpClient = { send: (request: HttpRequest) => Promise<{ status: number; text: string }>; close: () => Promise<void> };

const maxResponseBytes = 1_000_000;

/**
 * Opens the one client of outgoing calls. Every connection's address is checked at the moment of connecting, so that
 * a name that resolves anew can't slip through; redirects are never followed. `trustedOrigins` (the operator's own
 * runtimes, from the settings) may be private.
 */
export const openHttpClient = (trustedOrigins: readonly string[]): HttpClient => {
  const guarded = new Agent({
    connections: 16,
    connect: {
      timeout: 5_000,
      lookup: (hostname, options, callback) => {
        resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
          const bad = addresses?.find(({ address }) => !isPublicAddress(address));
          const first = addresses?.[0];
          if (error) callback(error, []);
          else if (bad) callback(new AppError("forbidden", "http.private_address", `${hostname} leads to the private address ${bad.address}, which may not be called.`), []);
          else if (options.all || !first) callback(null, addresses);
          else callback(null, first.address, first.family);
        });
      },
    },
  });
  const trusted = new Agent({ connections: 16, connect: { timeout: 5_000 } });
  const origins = new Set(trustedOrigins.map((origin) => new URL(origin).origin));

  return {
    send: async ({ method, url, headers, json, signal }) => {
      const target = new URL(url);
      if (!/^https?:$/.test(target.protocol) || target.username || target.password) throw new AppError("invalid", "http.bad_url", "Only plain http and https addresses without user names can be called.");
      const isTrusted = origins.has(target.origin);
      const host = target.hostname.replace(/^\[|\]$/g, "");
      if (!isTrusted && isIP(host) && !isPublicAddress(host)) throw new AppError("forbidden", "http.private_address", `${host} is a private address, which may not be called.`);
      const response = await request(target, {
        method,
        dispatcher: isTrusted ? trusted : guarded,
        signal,
        headers: { ...headers, ...(json === undefined ? {} : { "content-type": "application/json" }) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxResponseBytes) throw new AppError("unavailable", "http.answer_too_large", `The answer of ${target.origin} is larger than ${maxResponseBytes} bytes.`);
        chunks.push(chunk);
      }
      return { status: response.statusCode, text: Buffer.concat(chunks).toString("utf8") };
    },
    close: async () => {
      await Promise.all([guarded.close(), trusted.close()]);
    },
  };
};
