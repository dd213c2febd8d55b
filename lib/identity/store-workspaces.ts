import { must } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";

export type WorkspaceRow = { id: string; name: string; title: string; description: string | null };
const select = { id: true, name: true, title: true, description: true } as const;

export const findWorkspaceRow = (tx: Tx, name: string): Promise<WorkspaceRow | null> => tx.workspace.findFirst({ where: { name, deletedAt: null }, select });
export const updateWorkspaceRow = (tx: Tx, id: string, data: { title?: string; description?: string | null }): Promise<WorkspaceRow> => tx.workspace.update({ where: { id }, data, select });

/** What a workspace still holds, in words; undefined when it is empty. Its row is locked, so that nothing comes in meanwhile. */
export const findContents = async (tx: Tx, id: string): Promise<string | undefined> => {
  await tx.$queryRaw`SELECT 1 FROM workspace WHERE id = ${id}::uuid FOR UPDATE`;
  const rows = await tx.$queryRaw<{ what: string }[]>`
    SELECT what FROM (VALUES
      (1, 'registered models or prompts', EXISTS (SELECT 1 FROM registered_model WHERE workspace_id = ${id}::uuid)),
      (2, 'experiments', EXISTS (SELECT 1 FROM experiment WHERE workspace_id = ${id}::uuid AND number <> 0)),
      (3, 'runs', EXISTS (SELECT 1 FROM run WHERE workspace_id = ${id}::uuid)),
      (4, 'logged models', EXISTS (SELECT 1 FROM logged_model WHERE workspace_id = ${id}::uuid)),
      (5, 'traces', EXISTS (SELECT 1 FROM trace WHERE workspace_id = ${id}::uuid)),
      (6, 'artifacts', EXISTS (SELECT 1 FROM artifact WHERE workspace_id = ${id}::uuid)),
      (7, 'endpoints', EXISTS (SELECT 1 FROM endpoint WHERE workspace_id = ${id}::uuid)),
      (8, 'webhooks', EXISTS (SELECT 1 FROM webhook WHERE workspace_id = ${id}::uuid))
    ) AS held (rank, what, is_there) WHERE is_there ORDER BY rank`;
  return rows.length === 0 ? undefined : rows.map(({ what }) => what).join(", ");
};

/** Ends an empty workspace: nobody belongs to it, no token or invitation opens it, its name is free. */
export const retireWorkspaceRow = async (tx: Tx, { id, name }: Pick<WorkspaceRow, "id" | "name">, now: Date): Promise<void> => {
  await tx.membership.deleteMany({ where: { workspaceId: id } });
  await tx.apiToken.updateMany({ where: { workspaceId: id, revokedAt: null }, data: { revokedAt: now } });
  await tx.invitation.updateMany({ where: { workspaceId: id, acceptedAt: null, revokedAt: null }, data: { revokedAt: now } });
  await tx.workspace.update({ where: { id }, data: { name: `${name}~${id}`, deletedAt: now } });
};

/** Takes the next number of a workspace's experiments, incidents or requests; the row stays locked until the transaction ends, so numbers have no gaps. */
export const takeNumber = async (tx: Tx, workspaceId: string, of: "experiment" | "incident" | "promotion_request"): Promise<number> => {
  const rows = await tx.$queryRaw<{ value: number }[]>`
    INSERT INTO workspace_counter (workspace_id, name, value) VALUES (${workspaceId}::uuid, ${of}, 1)
    ON CONFLICT (workspace_id, name) DO UPDATE SET value = workspace_counter.value + 1 RETURNING value`;
  return must(rows[0], "a number").value;
};
