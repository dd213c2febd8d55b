import { type ReactNode } from "react";
import { Page } from "@/components/shell/page";
import { Tabs } from "@/components/ui/tabs";

export type SettingsTab = "members" | "tokens" | "policies" | "webhooks" | "runtimes" | "storage" | "account";
const labels: Record<SettingsTab, string> = { members: "Members", tokens: "Tokens", policies: "Policies", webhooks: "Webhooks", runtimes: "Runtimes", storage: "Storage", account: "Account" };

export type SettingsFrameProps = { workspace: string; current: SettingsTab; tabs: readonly SettingsTab[]; header: ReactNode; children: ReactNode };

/** A page of the settings: header, tabs, content. */
export function SettingsFrame({ workspace, current, tabs, header, children }: SettingsFrameProps) {
  const base = `/w/${encodeURIComponent(workspace)}/settings`;
  return (
    <Page crumbs={[{ label: "Settings", href: base }, { label: labels[current] }]}>
      {header}
      <Tabs label="Settings" items={tabs.map((tab) => ({ label: labels[tab], href: `${base}/${tab}` }))} />
      {children}
    </Page>
  );
}
