import { redirect } from "next/navigation";

import { pageContext } from "@/lib/http/page";

import { settingsTabs } from "./tabs";

export default async function SettingsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const [first = "account"] = settingsTabs(await pageContext(workspace));
  redirect(`/w/${encodeURIComponent(workspace)}/settings/${first}`);
}
