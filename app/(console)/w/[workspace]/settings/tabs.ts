import type { SettingsTab } from "@/components/identity/settings-frame";
import { can } from "@/lib/identity";
import type { pageContext } from "@/lib/http/page";

type PageContext = Awaited<ReturnType<typeof pageContext>>;

/** The settings that this person may open. */
export const settingsTabs = ({ actor }: PageContext): SettingsTab[] => [
  ...(can(actor, "member:read") ? (["members"] as const) : []),
  ...(can(actor, "token:own") || can(actor, "token:read") ? (["tokens"] as const) : []),
  ...(can(actor, "environment:read") ? (["policies"] as const) : []),
  ...(can(actor, "endpoint:read") ? (["runtimes"] as const) : []),
  ...(can(actor, "webhook:manage") ? (["webhooks"] as const) : []),
  ...(can(actor, "artifact:read") ? (["storage"] as const) : []),
  "account",
];
