import { modelTarget, versionTarget } from "./targets";

type Change = { before?: unknown; after?: unknown };

/** Content of the outbox event of a change to a model or one of its versions: names and kind are in it, because readers come later, when the model may be gone. */
export const eventOf = (model: { id: string; name: string; isPrompt: boolean }, change: Change, version?: { id: string; number: number }): { data: Record<string, unknown> } => ({
  data: {
    target: version ? versionTarget({ ...version, model: model.name }) : modelTarget(model),
    model: modelTarget(model),
    ...(version ? { number: version.number } : {}),
    isPrompt: model.isPrompt,
    change,
  },
});
