import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { type Context, type Deps, type Role, transact } from "@/lib/platform/context";
import { isUniqueViolation } from "@/lib/platform/db";

import { actorOf } from "./authenticate";
import { thenForget } from "./memory";
import { can } from "./permissions";
import type { Principal } from "./principal";
import { WorkspaceName, type WorkspaceCreate, type WorkspaceUpdate, type WorkspaceView } from "./schema";
import { seedEnvironments } from "./seed";
import { findHomeWorkspace, listWorkspacesOf } from "./store";
import { insertSeededWorkspace } from "./store-bootstrap";
import { upsertMembership } from "./store-members";
import { findContents, findWorkspaceRow, retireWorkspaceRow, updateWorkspaceRow, type WorkspaceRow } from "./store-workspaces";

/** Who calls outside of any workspace. */
export type Caller = { deps: Deps; principal: Principal; requestId: string };

const defaultWorkspaceName = "default";
/** Whoever makes a workspace can build and run everything there; approving takes a second person. */
const makerRoles: Role[] = ["maintainer", "operator"];

const toView = ({ name, title, description }: Pick<WorkspaceRow, "name" | "title" | "description">): WorkspaceView => ({ name, title, description });
const target = ({ id, name }: Pick<WorkspaceRow, "id" | "name">) => ({ type: "workspace", id: formatId("workspace", id), name });

/** Tells whether a principal may create, change and delete workspaces: an administrator, or a token of one with the scope admin. */
export const mayManageWorkspaces = (principal: Principal): boolean => can(actorOf(principal, null), "workspace:write");

const requireRight = ({ principal }: Caller): void => {
  if (!mayManageWorkspaces(principal)) throw new AppError("forbidden", "identity.forbidden", "Workspaces are created, changed and deleted by administrators of the installation, or by their tokens with the scope admin.", { details: { permission: "workspace:write" } });
};

const contextIn = ({ deps, principal, requestId }: Caller, workspace: { id: string; name: string }): Context => ({ deps, actor: actorOf(principal, null), workspace, requestId });

const visibleTo = async ({ deps, principal }: Caller) => {
  const found = await listWorkspacesOf(deps.db, principal.userId, principal.isAdmin);
  return principal.kind === "token" ? found.filter(({ id }) => id === principal.workspaceId) : found;
};

const missing = (name: string): AppError => new AppError("not_found", "workspace.not_found", `There is no workspace "${name.slice(0, 80)}" that you belong to.`);

/** The workspaces that the caller may enter; a token opens its own alone. */
export const listWorkspaces = async (caller: Caller): Promise<WorkspaceView[]> => (await visibleTo(caller)).map(toView);

export const getWorkspace = async (caller: Caller, name: string): Promise<WorkspaceView> => {
  const found = (await visibleTo(caller)).find((workspace) => workspace.name === name);
  // Who made a workspace by a token sees it, although the token does not open it.
  const row = found ?? (mayManageWorkspaces(caller.principal) ? await findWorkspaceRow(caller.deps.db, name) : null);
  if (!row) throw missing(name);
  return toView(row);
};

/** Makes a workspace with environments and policies as a new installation has them; the caller becomes its maintainer and operator. */
export const createWorkspace = async (caller: Caller, input: WorkspaceCreate): Promise<WorkspaceView> => {
  requireRight(caller);
  const { deps, principal } = caller;
  const parsed = WorkspaceName.safeParse(input.name);
  if (!parsed.success || input.name === defaultWorkspaceName) {
    const reason = parsed.success ? "is reserved" : (parsed.error.issues[0]?.message ?? "can't be used");
    throw new AppError("invalid", "workspace.bad_name", `Workspace name '${input.name.slice(0, 80)}' ${reason}.`, { invalidParams: [{ name: "name", reason }] });
  }
  try {
    return await transact(deps, async (tx, now) => {
      const environments = seedEnvironments();
      const title = input.title ?? input.name;
      const workspace = await insertSeededWorkspace(tx, { name: input.name, title, description: input.description || null, environments, runtimeUrl: deps.env.runtimeUrl, now });
      await upsertMembership(tx, { workspaceId: workspace.id, userId: principal.userId, roles: makerRoles, groups: [], createdAt: now, createdBy: principal.userId });
      await recordChange(tx, contextIn(caller, workspace), now, { action: "workspace.create", target: target(workspace), change: { after: { title, environments: environments.map(({ name, policy }) => ({ name, policyDigest: policy.digest })), makerRoles } } });
      return { name: input.name, title, description: input.description || null };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("conflict", "workspace.exists", `Workspace '${input.name}' already exists.`, { cause: error });
    throw error;
  }
};

/** Changes title or description; absent members stay. */
export const updateWorkspace = async (caller: Caller, name: string, input: WorkspaceUpdate): Promise<WorkspaceView> => {
  requireRight(caller);
  return transact(caller.deps, async (tx, now) => {
    const before = await findWorkspaceRow(tx, name);
    if (!before) throw missing(name);
    const after = await updateWorkspaceRow(tx, before.id, { ...(input.title === undefined ? {} : { title: input.title }), ...(input.description === undefined ? {} : { description: input.description || null }) });
    await recordChange(tx, contextIn(caller, before), now, { action: "workspace.update", target: target(before), change: { before: toView(before), after: toView(after) } });
    return toView(after);
  });
};

/** Deletes a workspace that holds nothing; raises conflict that says what it holds. Its record stays, and the caller's home log says who did it. */
export const deleteWorkspace = async (caller: Caller, name: string): Promise<void> => {
  requireRight(caller);
  if (name === defaultWorkspaceName) throw new AppError("invalid", "workspace.reserved", `The '${defaultWorkspaceName}' workspace is reserved and cannot be deleted`);
  const change = transact(caller.deps, async (tx, now) => {
    const row = await findWorkspaceRow(tx, name);
    if (!row) throw missing(name);
    const contents = await findContents(tx, row.id);
    if (contents !== undefined) throw new AppError("conflict", "workspace.not_empty", `Workspace '${name}' still holds ${contents}. Move or delete these first: Slipway deletes no workspace with what is in it.`, { details: { contents } });
    await recordChange(tx, contextIn(caller, row), now, { action: "workspace.delete", target: target(row), change: { before: toView(row) } });
    await retireWorkspaceRow(tx, row, now);
    const home = await findHomeWorkspace(tx, caller.principal.userId);
    if (home) await recordChange(tx, contextIn(caller, home), now, { action: "workspace.delete", target: target(row), change: { before: toView(row) } });
  });
  await thenForget(change);
};
