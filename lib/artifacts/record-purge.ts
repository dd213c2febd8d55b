import { formatId } from "@/lib/core/ids";
import { recordChange } from "@/lib/audit/server";
import { systemContext } from "@/lib/identity/server";
import type { Deps } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { findWorkspace } from "./store-collect";

/** Puts a batch that was purged on the record of its workspace, with counts. */
export const recordPurge = async (deps: Deps, tx: Tx, now: Date, workspaceId: string, action: string, before: Record<string, unknown>): Promise<void> => {
  const workspace = await findWorkspace(tx, workspaceId);
  await recordChange(tx, systemContext(deps, workspace, "collector"), now, { action, target: { type: "workspace", id: formatId("workspace", workspace.id), name: workspace.name }, change: { before } });
};
