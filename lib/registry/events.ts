import type { Tx } from "@/lib/platform/db";

import { isPromptModel } from "./prompts";
import { modelTarget, versionTarget } from "./targets";

type Change = { before?: unknown; after?: unknown };

/** Content of the outbox event of a change to a model or one of its versions: names and kind are in it, because readers come later, when the model may be gone. */
export const eventOf = async (tx: Tx, model: { id: string; name: string }, change: Change, version?: { id: string; number: number }): Promise<{ data: Record<string, unknown> }> => ({
  data: {
    target: version ? versionTarget({ ...version, model: model.name }) : modelTarget(model),
    model: modelTarget(model),
    ...(version ? { number: version.number } : {}),
    isPrompt: await isPromptModel(tx, model.id),
    change,
  },
});
