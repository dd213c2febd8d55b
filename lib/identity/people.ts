import type { Role } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { listMemberRows } from "./store-members";

export type PersonInWorkspace = { userId: string; name: string; email: string; roles: Role[]; groups: string[]; isDisabled: boolean };

const most = 2000;

/** Everyone in a workspace with their roles and groups, for other slices that ask who may act (approvers, for example). Checks no right: the caller has. */
export const listPeople = async (tx: Tx, workspaceId: string): Promise<PersonInWorkspace[]> =>
  (await listMemberRows(tx, workspaceId, { limit: most })).map(({ id, name, email, roles, groups, disabledAt }) => ({ userId: id, name, email, roles, groups, isDisabled: disabledAt !== null }));
