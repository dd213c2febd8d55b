import { route } from "@/lib/http/route";
import { deleteAlias, setAlias } from "@/lib/governance/server";
import { deleteAliasOperation, setAliasOperation } from "@/lib/registry";
import { getModel } from "@/lib/registry/server";

export const PUT = route(setAliasOperation, async ({ ctx, params, body }) => {
  await setAlias(ctx, params.model, params.alias, body.version);
  return { aliases: (await getModel(ctx, params.model)).aliases };
});
export const DELETE = route(deleteAliasOperation, async ({ ctx, params }) => {
  await deleteAlias(ctx, params.model, params.alias);
  return undefined;
});
