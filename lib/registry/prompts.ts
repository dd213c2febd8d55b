import { AppError } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";

import { findModelTag, type Tags } from "./store-models";

/** MLflow keeps prompts as registered models with this tag, and their text in a tag of each version. */
const promptTag = "mlflow.prompt.is_prompt";
const textTag = "mlflow.prompt.text";
const typeTag = "_mlflow_prompt_type";

/** What MLflow's clients give as the source of a prompt's version, which has no files. */
export const promptSources: readonly string[] = ["dummy-source", "prompt-template"];

/** Tells whether tags make a model or a version a prompt. */
export const isPromptTags = (tags: Tags): boolean => tags[promptTag]?.toLowerCase() === "true";

export const isPromptModel = async (tx: Tx, modelId: string): Promise<boolean> => (await findModelTag(tx, modelId, promptTag))?.toLowerCase() === "true";

/** The text of a prompt's version, the variables it takes, and the tags that are its author's; null for versions of models. */
export const promptOf = (tags: Tags): { text: string; isChat: boolean } | null => (isPromptTags(tags) ? { text: tags[textTag] ?? "", isChat: tags[typeTag] === "chat" } : null);

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
