import { AppError } from "@/lib/core/errors";

import { maxDescriptionLength } from "./schema";
import type { Tags } from "./store-models";

const maxKey = 250;
const maxValue = 100_000;
const pathProblem = (key: string): boolean => key.startsWith("/") || key.split("/").some((part) => part === "" || part === "." || part === "..");

/** Checks a tag by MLflow's rules for registered models and versions. */
export const checkTag = (key: string, value: string): void => {
  if (key.length > maxKey) throw new AppError("invalid", "registry.tag_too_long", `Invalid tag: its key has ${key.length} characters, at most ${maxKey} are allowed.`);
  if (!/^[/\p{L}\p{N}_.\- :]+$/u.test(key) || pathProblem(key)) throw new AppError("invalid", "registry.bad_tag", `Invalid tag name: '${key.slice(0, maxKey)}'. Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/), and must be a path in its normal form.`);
  if (value.length <= maxValue) return;
  throw new AppError("invalid", "registry.tag_too_long", key === "mlflow.prompt.text" ? `Prompt text exceeds max length of ${maxValue} characters.` : `Invalid tag: the value of '${key}' has ${value.length} characters, at most ${maxValue} are allowed.`);
};

export const checkTags = (tags: Tags): void => {
  for (const [key, value] of Object.entries(tags)) checkTag(key, value);
};

export const checkDescription = (description: string | null | undefined): void => {
  if ((description?.length ?? 0) > maxDescriptionLength) throw new AppError("invalid", "registry.description_too_long", `The description has ${description?.length ?? 0} characters, at most ${maxDescriptionLength} are allowed.`);
};
