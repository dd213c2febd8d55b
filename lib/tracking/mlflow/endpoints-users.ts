import { permissionsOf } from "@/lib/identity";
import { findMemberByEmail, findSelf, type KnownMember, listKnownMembers, removeMember, updateMember } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { getClientModel } from "@/lib/registry/server";

import { invalid, mlflowError } from "../errors";
import { getExperiment } from "../service-experiments";
import { type Endpoint, get, patch, post, remove } from "./endpoint";
import type { Input } from "./input";

/** MLflow's levels of access: a role of the workspace gives the same one on every experiment, and on every model. */
type Level = "NO_PERMISSIONS" | "READ" | "EDIT" | "MANAGE";
type Kind = "experiment" | "registered_model";

const rightsOf = { experiment: ["run:read", "run:write"], registered_model: ["model:read", "model:write"] } as const;
const kinds: readonly Kind[] = ["experiment", "registered_model"];

const levelOf = ({ roles, isAdmin }: Pick<KnownMember, "roles" | "isAdmin">, kind: Kind): Level => {
  const held = permissionsOf(roles, isAdmin);
  const [read, write] = rightsOf[kind];
  if (held.has(write)) return held.has("member:write") ? "MANAGE" : "EDIT";
  return held.has(read) ? "READ" : "NO_PERMISSIONS";
};

const refuse = (message: string) => mlflowError("invalid", "FEATURE_DISABLED", message);

/** What MLflow's basic-auth offers and Slipway does another way; each answer says which. */
const refusal = (ctx: Context) => ({
  create: refuse(`People join Slipway by a one-time link and choose their own password. Invite them under Settings, Members, or by POST /api/slipway/v1/w/${ctx.workspace.name}/invitations.`),
  password: refuse("A password is changed by its owner alone, signed in: Settings, Account. Who has lost it is given a new one-time link by an administrator."),
  permission: refuse(`Slipway has no permissions of single experiments or models: roles of the workspace count for all of them. Change a person's roles under Settings, Members, or by PATCH /api/slipway/v1/w/${ctx.workspace.name}/members/{userId}; keep apart what must be apart in workspaces.`),
  role: refuse("The roles of Slipway are fixed: viewer, contributor, maintainer, operator, approver, auditor. Give them to people under Settings, Members."),
});

const userEntity = ({ id, email, isAdmin }: KnownMember) => ({ id, username: email, is_admin: isAdmin });

/** A user with what the roles give, in the lists that MLflow 2 clients read; a pattern stands for all of a kind. */
const fullUser = (member: KnownMember) => ({
  ...userEntity(member),
  experiment_permissions: [{ experiment_id: "*", user_id: member.id, permission: levelOf(member, "experiment") }],
  registered_model_permissions: [{ name: "*", user_id: member.id, permission: levelOf(member, "registered_model") }],
  scorer_permissions: [],
});

const needMember = (ctx: Context, input: Input): Promise<KnownMember> => findMemberByEmail(ctx, input.need("username"));

const roleRows = (ctx: Context, member: KnownMember) => ({
  is_admin: member.isAdmin,
  permissions: member.roles.flatMap((role) => kinds.map((kind) => ({ role_id: role, role_name: role, workspace: ctx.workspace.name, resource_type: kind, resource_pattern: "*", permission: levelOf({ roles: [role], isAdmin: false }, kind) }))),
});

/** Effective permission on one thing, which must exist. */
const levelOn = async (ctx: Context, member: KnownMember, kind: Kind, id: string): Promise<Level> => {
  await (kind === "experiment" ? getExperiment(ctx, id) : getClientModel(ctx, id));
  return levelOf(member, kind);
};

const readKind = (input: Input): Kind => {
  const type = input.need("resource_type");
  const kind = kinds.find((candidate) => candidate === type);
  if (kind === undefined) throw invalid(`Invalid value ${JSON.stringify(type.slice(0, 100))} for parameter 'resource_type' supplied. Slipway knows ${kinds.join(" and ")}.`);
  return kind;
};

const refused = (reason: keyof ReturnType<typeof refusal>): Endpoint["handle"] => (ctx) => Promise.reject(refusal(ctx)[reason]);
const v3 = (endpoint: Endpoint): Endpoint => ({ ...endpoint, major: 3 });

/** Users and permissions as MLflow's basic-auth app offers them, told from Slipway's members and roles. A user's name is the address. */
export const userEndpoints: Endpoint[] = [
  get("mlflow/users/get", async (ctx, input) => ({ user: fullUser(await needMember(ctx, input)) })),
  get("mlflow/users/current", async (ctx) => ({ user: userEntity(await findSelf(ctx)), is_basic_auth: false })),
  get("mlflow/users/list", async (ctx) => ({ users: (await listKnownMembers(ctx)).map((member) => ({ ...userEntity(member), roles: member.roles.map((role) => ({ id: role, name: role, workspace: ctx.workspace.name, permissions: [] })) })) })),
  patch("mlflow/users/update-admin", async (ctx, input) => {
    await updateMember(ctx, (await needMember(ctx, input)).id, { isAdmin: input.flag("is_admin") });
  }),
  remove("mlflow/users/delete", async (ctx, input) => {
    const member = await needMember(ctx, input);
    if (member.id === (await findSelf(ctx)).id) throw mlflowError("invalid", "BAD_REQUEST", "Users cannot delete their own account. Ask another admin to delete this user instead.");
    await removeMember(ctx, member.id);
  }),
  post("mlflow/users/create", refused("create")),
  patch("mlflow/users/update-password", refused("password")),
  get("mlflow/experiments/permissions/get", async (ctx, input) => {
    const [member, id] = [await needMember(ctx, input), input.need("experiment_id")];
    return { experiment_permission: { experiment_id: id, user_id: member.id, permission: await levelOn(ctx, member, "experiment", id) } };
  }),
  get("mlflow/registered-models/permissions/get", async (ctx, input) => {
    const [member, name] = [await needMember(ctx, input), input.need("name")];
    return { registered_model_permission: { name, user_id: member.id, permission: await levelOn(ctx, member, "registered_model", name) } };
  }),
  ...["experiments", "registered-models"].flatMap((things) => [
    post(`mlflow/${things}/permissions/create`, refused("permission")),
    patch(`mlflow/${things}/permissions/update`, refused("permission")),
    remove(`mlflow/${things}/permissions/delete`, refused("permission")),
  ]),
  ...[
    get("mlflow/users/current/permissions", async (ctx) => roleRows(ctx, await findSelf(ctx))),
    get("mlflow/users/permissions/list", async (ctx, input) => roleRows(ctx, await needMember(ctx, input))),
    get("mlflow/users/permissions/get", async (ctx, input) => {
      const permission = await levelOn(ctx, await needMember(ctx, input), readKind(input), input.need("resource_id"));
      return { allowed: permission === "EDIT" || permission === "MANAGE", permission };
    }),
    post("mlflow/users/permissions/grant", refused("permission")),
    post("mlflow/users/permissions/revoke", refused("permission")),
    post("mlflow/roles/create", refused("role")),
    post("mlflow/roles/assign", refused("permission")),
    post("mlflow/roles/unassign", refused("permission")),
  ].map(v3),
];
