import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

import { AppError } from "@/lib/core/errors";
import type { Env } from "@/lib/platform/env";
import { type AddressCheck, isPublicAddress } from "@/lib/platform/addresses";

type Settings = Pick<Env, "webhookAllowedHosts">;

const isAllowed = ({ webhookAllowedHosts }: Settings, hostname: string, port: number): boolean => webhookAllowedHosts.includes(hostname) || webhookAllowedHosts.includes(`${hostname}:${port}`);
const refuse = (message: string): never => {
  throw new AppError("invalid", "webhook.bad_url", message, { invalidParams: [{ name: "url", reason: message }] });
};
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "").toLowerCase();

/** Lets a connection through to public addresses, and to the hosts that the installation allows. */
export const webhookAddressCheck = (settings: Settings): AddressCheck => (address, hostname, port) =>
  isPublicAddress(address) || isAllowed(settings, bare(hostname), port) ? null : `${hostname} leads to the private address ${address}, which may not be called.`;

/** Addresses behind a name; none when nobody knows it now: the delivery will say so. */
const addressesOf = async (hostname: string): Promise<string[]> => {
  try {
    const found = await Promise.race([lookup(hostname, { all: true }), new Promise<[]>((resolve) => void setTimeout(() => resolve([]), 2_000).unref())]);
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
};

/** Raises invalid for an address that no webhook may be sent to: https and public, unless the installation allows its host. */
export const checkWebhookUrl = async (settings: Settings, text: string): Promise<void> => {
  if (text.length > 2_000) refuse("A webhook's address has at most 2,000 characters.");
  const url = URL.canParse(text) ? new URL(text) : refuse(`Invalid webhook URL '${text.slice(0, 200)}'.`);
  const hostname = bare(url.hostname);
  const allowed = isAllowed(settings, hostname, Number(url.port) || (url.protocol === "https:" ? 443 : 80));
  if (url.protocol !== "https:" && !(allowed && url.protocol === "http:")) refuse(`Invalid webhook URL scheme: '${url.protocol.slice(0, -1)}'. Allowed schemes are: 'https'.`);
  if (url.username !== "" || url.password !== "") refuse("Webhook URL must not include embedded credentials.");
  if (hostname === "") refuse("Webhook URL must include a hostname.");
  if (allowed) return;
  const leadsTo = isIP(hostname) ? [hostname] : await addressesOf(hostname);
  const bad = leadsTo.find((address) => !isPublicAddress(address));
  if (bad !== undefined) refuse(`Webhook URL must not resolve to a non-public IP address. '${hostname}' resolves to ${bad}. An administrator can allow the host with SLIPWAY_WEBHOOK_ALLOWED_HOSTS.`);
};
