import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

import { type AddressCheck, isPublicAddress } from "./addresses";
import type { Env } from "./env";

/** Private networks that an installation may open; every other address that is not public is never called. */
const openable = new BlockList();
for (const [address, prefix] of [["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["172.16.0.0", 12], ["192.168.0.0", 16]] as const) openable.addSubnet(address, prefix, "ipv4");
openable.addAddress("::1", "ipv6");
openable.addSubnet("fc00::", 7, "ipv6");
/** Where clouds answer with credentials inside those networks. */
const metadata = new BlockList();
metadata.addAddress("100.100.100.200", "ipv4");
metadata.addSubnet("fd00:ec2::", 32, "ipv6");

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
const has = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));
const isLoopback = (address: string): boolean => address === "::1" || address.startsWith("127.");

type Allowed = { networks: BlockList; names: string[]; isLoopbackOpen: boolean };

const readAllowed = (entries: readonly string[]): Allowed => {
  const allowed: Allowed = { networks: new BlockList(), names: [], isLoopbackOpen: entries.includes("loopback") };
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    if (isIP(address) && prefix === undefined) allowed.networks.addAddress(address, familyOf(address));
    else if (isIP(address) && /^\d{1,3}$/.test(prefix ?? "") && Number(prefix) <= (isIP(address) === 6 ? 128 : 32)) allowed.networks.addSubnet(address, Number(prefix), familyOf(address));
    else if (entry !== "loopback") allowed.names.push(entry);
  }
  return allowed;
};

const matchesName = (names: readonly string[], hostname: string): boolean => names.some((name) => (name.startsWith("*.") ? hostname.endsWith(name.slice(1)) : hostname === name));

/** Ports of an address such as postgres://…, redis://… or http://…. */
const portsOf = (urls: readonly (string | undefined)[]): number[] =>
  urls.flatMap((text) => {
    const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
    return url ? [Number(url.port) || { "postgres:": 5432, "postgresql:": 5432, "redis:": 6379, "rediss:": 6379, "https:": 443 }[url.protocol] || 80] : [];
  });

export type RuntimeAddresses = {
  /** For connections: why an address may not be called, or null. */
  check: AddressCheck;
  /** Why a model's server can't be at this address as far as its text tells, or null. */
  problemOf: (url: string) => string | null;
};

/**
 * Rules for the addresses of model servers, which maintainers give. Public addresses are free; private ones and the loopback
 * only as SLIPWAY_RUNTIME_ALLOWED_HOSTS says; link-local and metadata addresses, and Slipway's own ports, never.
 */
export const openRuntimeAddresses = (env: Env): RuntimeAddresses => {
  const allowed = readAllowed(env.runtimeAllowedHosts);
  const ownPorts = new Set([env.port, env.gatewayPort, env.runtimePort, env.workerPort, ...portsOf([env.databaseUrl, env.directDatabaseUrl, env.migrationDatabaseUrl, env.logDatabaseUrl, env.redisUrl])]);
  const isThisMachine = (address: string): boolean => isLoopback(address) || Object.values(networkInterfaces()).some((list) => list?.some((item) => item.address === address));
  const hint = "Add it to SLIPWAY_RUNTIME_ALLOWED_HOSTS if a model server runs there.";

  const check: AddressCheck = (given, hostname, port) => {
    const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(given)?.[1] ?? given;
    const shown = hostname === given ? given : `${hostname} (${address})`;
    // Another spelling of an IPv4 address is refused rather than interpreted.
    const isOpenable = !/^::ffff:/i.test(address) && has(openable, address) && !has(metadata, address);
    if (!isPublicAddress(address) && !isOpenable) return `${shown} may never be called: it is link-local, reserved or a metadata address.`;
    if (ownPorts.has(port) && isThisMachine(address)) return `Port ${port} of ${shown} belongs to Slipway itself. Start the model's server on another port.`;
    if (isPublicAddress(address)) return null;
    if (isLoopback(address) && allowed.isLoopbackOpen) return null;
    if (has(allowed.networks, address) || matchesName(allowed.names, hostname.toLowerCase())) return null;
    return `${shown} is a private address. ${hint}`;
  };

  return {
    check,
    problemOf: (text) => {
      if (!URL.canParse(text)) return "This is no address. Write http://HOST:PORT.";
      const url = new URL(text);
      if (!/^https?:$/.test(url.protocol)) return "Only http and https addresses can be called.";
      if (url.username || url.password) return "The address may hold no user name or password.";
      if (url.search || url.hash) return "The address may hold no query and no fragment.";
      const host = url.hostname.replace(/^\[|\]$/g, "");
      const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
      if (host === "localhost") return check("127.0.0.1", host, port);
      return isIP(host) ? check(host, host, port) : null;
    },
  };
};
