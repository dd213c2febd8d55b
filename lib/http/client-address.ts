import type { Env } from "@/lib/platform/env";

import type { HeaderReader } from "./headers";

/** Set by our own server on every request from the socket's peer, over whatever the client sent under this name. */
export const peerHeader = "x-slipway-peer";

const plain = (address: string): string => address.trim().replace(/^::ffff:/, "");

/** The address that a request comes from: the peer, or, behind trusted proxies, the last hop that isn't one of them. */
export const clientAddress = (headers: HeaderReader, env: Pick<Env, "trustedProxies">): string => {
  const peer = plain(headers.get(peerHeader) ?? "");
  if (peer === "" || !env.trustedProxies.includes(peer)) return peer || "unknown";
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map(plain).filter(Boolean);
  return hops.reverse().find((hop) => !env.trustedProxies.includes(hop)) ?? peer;
};

/** Tells whether a request comes from this machine itself, not through a proxy. */
export const isLoopback = (headers: HeaderReader, env: Pick<Env, "trustedProxies">): boolean => {
  const address = clientAddress(headers, env);
  return address === "::1" || address.startsWith("127.");
};
