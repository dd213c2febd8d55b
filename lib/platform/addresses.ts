import { lookup as resolve, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

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

/** Decides about an address before it is connected to: why not, or null. */
export type AddressCheck = (address: string, hostname: string, port: number) => string | null;

/** A name look-up that lets through only addresses that pass the check; for sockets and connectors. */
export const guardedLookup = (check: AddressCheck, port: number): LookupFunction => (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const problem = addresses?.map(({ address }) => check(address, hostname, port)).find((found) => found !== null);
    const first = addresses?.[0];
    if (error) callback(error, []);
    else if (problem !== undefined && problem !== null) callback(new AppError("forbidden", "http.private_address", problem), []);
    else if (options.all || !first) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
