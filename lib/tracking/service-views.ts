import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorUserId, type Context, transact } from "@/lib/platform/context";

import type { SavedView } from "./schema-compare";
import { countSavedViews, deleteSavedViewRow, listSavedViewRows, type SavedViewRow, upsertSavedView } from "./store-views";

/** Views that one person keeps in one workspace. */
const maxViews = 200;

const ownerOf = (ctx: Context): { workspaceId: string; userId: string } => {
  const userId = actorUserId(ctx.actor);
  if (userId === null) throw new AppError("forbidden", "view.no_person", "Saved views belong to a person.");
  return { workspaceId: ctx.workspace.id, userId };
};

const present = ({ id, page, name, query, createdAt }: SavedViewRow): SavedView => ({ id: formatId("savedView", id), page: page === "runs" ? "runs" : "compare", name, query, createdAt: createdAt.toISOString() });

/** The views that the caller saved for a page, by name. */
export const listSavedViews = async (ctx: Context, page: SavedView["page"]): Promise<{ items: SavedView[] }> => {
  authorize(ctx, "run:read");
  return { items: (await listSavedViewRows(ctx.deps.db, ownerOf(ctx), page)).map(present) };
};

/** Keeps a view for the caller; one of the same name is replaced. A preference of one person, not a change of the control plane: nothing is audited. */
export const saveView = async (ctx: Context, view: Pick<SavedView, "page" | "name" | "query">): Promise<SavedView> => {
  authorize(ctx, "run:read");
  const owner = ownerOf(ctx);
  return transact(ctx.deps, async (tx, now) => {
    const saved = await upsertSavedView(tx, owner, view, now);
    if ((await countSavedViews(tx, owner)) > maxViews) throw new AppError("conflict", "view.too_many", `You keep ${maxViews} views in this workspace, the most there may be. Delete one first.`);
    return present(saved);
  });
};

export const deleteSavedView = async (ctx: Context, id: string): Promise<void> => {
  authorize(ctx, "run:read");
  if (!(await deleteSavedViewRow(ctx.deps.db, ownerOf(ctx), parseId("savedView", id)))) throw new AppError("not_found", "view.not_found", "There is no such view of yours.");
};
