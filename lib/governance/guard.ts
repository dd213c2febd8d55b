import { AppError } from "@/lib/core/errors";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { listOwnedAliases } from "@/lib/registry/server";

import { policyOf } from "./facts";
import { protectionOf } from "./protection";
import { isReleasable, type Release } from "./release";
import type { Protection } from "./schema";
import { findLiveRequests, listCurrentPolicies } from "./store";

/** A name for readers that is to lead to a version. */
export type Move = { workspaceId: string; model: { id: string; name: string; isPrompt: boolean }; version: { id: string; number: number }; name: { alias: string } | { stage: string } };

type Guard = { id: string; name: string; isProduction: boolean; protects: Protection };

export const listGuards = async (tx: Tx, workspaceId: string): Promise<Guard[]> =>
  (await listCurrentPolicies(tx, workspaceId)).flatMap(({ id, name, isProduction, policies: [policy] }) => (policy ? [{ id, name, isProduction, protects: protectionOf(policyOf(policy), { name, isProduction }) }] : []));

const protects = ({ protects: { aliases, stages } }: Guard, name: Move["name"]): boolean => ("alias" in name ? aliases.includes(name.alias) : stages.some((stage) => stage === name.stage));

export type Refusal = { environment: string; endpoint: string | null; release: Extract<Release, { ok: false }> | null };

/**
 * Why a version may not take a name, or null. A name that policies protect goes only to a version that may be released into each of
 * their environments now; the alias that a production endpoint names follows what it serves, so promotions alone move it. Prompts
 * are never released, so policies don't speak of them.
 */
export const findRefusal = async (tx: Tx, move: Move, now: Date, exceptEnvironmentId?: string): Promise<Refusal | null> => {
  const { workspaceId, model, version, name } = move;
  if (model.isPrompt) return null;
  const isFree = async (environmentId: string) => isReleasable(tx, { workspaceId, versionId: version.id, environmentId }, now);
  const owner = "alias" in name ? (await listOwnedAliases(tx, [model.id])).find(({ alias, environmentId }) => alias === name.alias && environmentId !== exceptEnvironmentId) : undefined;
  if (owner) {
    const release = await isFree(owner.environmentId);
    return { environment: owner.environment, endpoint: owner.endpoint, release: release.ok ? null : release };
  }
  for (const guard of await listGuards(tx, workspaceId)) {
    if (guard.id === exceptEnvironmentId || !protects(guard, name)) continue;
    const release = await isFree(guard.id);
    if (!release.ok) return { environment: guard.name, endpoint: null, release };
  }
  return null;
};

const inConsole = (ctx: Context, ...parts: string[]): string => [ctx.deps.env.publicUrl.replace(/\/+$/, ""), "w", ...[ctx.workspace.name, ...parts].map(encodeURIComponent)].join("/");

/** The page where a person goes on: the open request, or the version with the question to open one. */
export const wayOn = async (tx: Tx, ctx: Context, { model, version }: Pick<Move, "model" | "version">, environment: string): Promise<{ href: string; request: string | null }> => {
  const open = (await findLiveRequests(tx, version.id)).find((request) => request.status === "OPEN" && request.environment.name === environment);
  if (open) return { href: inConsole(ctx, "approvals", `APR-${open.number}`), request: `APR-${open.number}` };
  return { href: `${inConsole(ctx, "models", model.name, String(version.number))}?request=${encodeURIComponent(environment)}`, request: null };
};

/** Says why a version may not take a name and how it could. */
export const explainRefusal = async (tx: Tx, ctx: Context, move: Move, { environment, endpoint, release }: Refusal): Promise<{ reason: string; href: string }> => {
  const { href, request } = await wayOn(tx, ctx, move, environment);
  const what = "alias" in move.name ? `The alias "${move.name.alias}"` : `The stage ${move.name.stage}`;
  const whose = endpoint === null ? `is protected by the policy of ${environment}` : `says what the endpoint "${endpoint}" serves in ${environment}, so only a promotion moves it`;
  if (release === null) return { reason: `${what} of "${move.model.name}" ${whose}. Version ${move.version.number} is approved: start a rollout on "${endpoint ?? ""}".`, href: inConsole(ctx, "models", move.model.name, String(move.version.number)) };
  return { reason: `${what} of "${move.model.name}" ${whose}. ${release.reason}${request === null ? "" : ` ${request} waits for a decision.`}`, href };
};

/** Raises forbidden, with the reason and the link to go on, unless the version may take the name. Ask it in the transaction that moves it. */
export const requireMove = async (tx: Tx, ctx: Context, move: Move, now: Date): Promise<void> => {
  const refusal = await findRefusal(tx, move, now);
  if (!refusal) return;
  const { reason, href } = await explainRefusal(tx, ctx, move, refusal);
  const verb = refusal.release === null ? "Go on" : "Request approval";
  throw new AppError("forbidden", "alias" in move.name ? "alias.protected" : "version.stage_protected", `${reason} ${verb}: ${href}`, {
    details: { ...move.name, environment: refusal.environment, ...(refusal.endpoint === null ? {} : { endpoint: refusal.endpoint }), href, ...(refusal.release === null ? {} : { because: refusal.release.code }) },
  });
};
