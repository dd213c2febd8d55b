import { AppError } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";

import { isPromptTags, promptTag } from "./prompt-tags";
import { isPromptModel, type Tags } from "./store-models";

export { isPromptTags };

/** What MLflow's clients give as the source of a prompt's version, which has no files. */
export const promptSources: readonly string[] = ["dummy-source", "prompt-template"];

/** The model of a version, with its kind. */
export const modelOf = async (tx: Tx, { modelId: id, model: name }: { modelId: string; model: string }): Promise<{ id: string; name: string; isPrompt: boolean }> => ({
  id, name, isPrompt: await isPromptModel(tx, id),
});

/** Refuses a change that would make a model a prompt or a prompt a model: policies speak of models alone, so that would be a way around them. */
export const refuseKindChange = (before: Tags, after: Tags): void => {
  if (isPromptTags(before) === isPromptTags(after)) return;
  throw new AppError("invalid", "model.kind_is_fixed", `The tag ${promptTag} says what this is from the start; it can't be set or removed later.`);
};

/** Refuses a version of the other kind: a model's versions have files, a prompt's versions have text. */
export const refuseOtherKind = (modelName: string, isPrompt: boolean, tags: Tags): void => {
  if (isPrompt === isPromptTags(tags)) return;
  throw new AppError("invalid", "version.other_kind", isPrompt ? `"${modelName}" is a prompt: register its versions with mlflow.genai.register_prompt.` : `"${modelName}" is a registered model, so a prompt can't be a version of it. Choose another name.`);
};
