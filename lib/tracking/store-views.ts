import { newId } from "@/lib/core/ids";
import type { Tx } from "@/lib/platform/db";

export type SavedViewRow = { id: string; page: string; name: string; query: string; createdAt: Date };
type Owner = { workspaceId: string; userId: string };

const select = { id: true, page: true, name: true, query: true, createdAt: true } as const;

export const listSavedViewRows = (tx: Tx, owner: Owner, page: string): Promise<SavedViewRow[]> => tx.savedView.findMany({ where: { ...owner, page }, orderBy: { name: "asc" }, select });
export const countSavedViews = (tx: Tx, owner: Owner): Promise<number> => tx.savedView.count({ where: owner });
export const upsertSavedView = (tx: Tx, owner: Owner, { page, name, query }: { page: string; name: string; query: string }, now: Date): Promise<SavedViewRow> =>
  tx.savedView.upsert({ where: { workspaceId_userId_page_name: { ...owner, page, name } }, create: { id: newId(now.getTime()), ...owner, page, name, query, createdAt: now }, update: { query, createdAt: now }, select });
export const deleteSavedViewRow = async (tx: Tx, owner: Owner, id: string): Promise<boolean> => (await tx.savedView.deleteMany({ where: { ...owner, id } })).count > 0;
