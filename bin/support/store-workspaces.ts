import { type Database } from "@/lib/platform/db";

/** Every workspace of the installation, by name. */
export const listWorkspaces = (db: Database): Promise<{ id: string; name: string }[]> => db.workspace.findMany({ orderBy: { name: "asc" }, select: { id: true, name: true } });
