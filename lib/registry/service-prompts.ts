import type { Page } from "@/lib/core/pagination";
import type { Context } from "@/lib/platform/context";

import { presentModels } from "./present";
import { promptTag } from "./prompt-tags";
import type { Model } from "./schema";
import { searchModels } from "./service-clients";
import type { ListModelsInput } from "./service-models";

/** In a pattern each of these means something else than itself; `_` stands for any one letter, so for them too. */
const patternOf = (text: string): string => `%${text.replaceAll(/[\\%']/g, "_")}%`;

/** Lists prompts, last changed first: they are registered models on MLflow's wire, and stand in a list of their own. */
export const listPrompts = async (ctx: Context, { q, limit, cursor }: ListModelsInput): Promise<Page<Model>> => {
  const named = q === undefined || q === "" ? "" : ` AND name ILIKE '${patternOf(q)}'`;
  const { rows, nextToken } = await searchModels(ctx, { filter: `tags.\`${promptTag}\` = 'true'${named}`, orderBy: ["last_updated_timestamp DESC"], limit, token: cursor });
  const { db, clock } = ctx.deps;
  return { items: await presentModels(db, rows, await clock.now(db)), nextCursor: nextToken ?? null };
};
