import { isObject, readJson } from "@/lib/core/json";

/** MLflow keeps prompts as registered models with this tag, and their text in a tag of each version. */
export const promptTag = "mlflow.prompt.is_prompt";
const textTag = "mlflow.prompt.text";
const typeTag = "_mlflow_prompt_type";

type Tags = Readonly<Record<string, string>>;

/** Tells whether tags make a model or a version a prompt. */
export const isPromptTags = (tags: Tags): boolean => tags[promptTag]?.toLowerCase() === "true";

export type PromptText = { text: string; messages: { role: string; content: string }[] | null; tags: Record<string, string> };

/** The text of a prompt's version (or the messages of a chat) and the tags that its author gave; null for versions of models. */
export const promptOf = (tags: Tags): PromptText | null => {
  if (!isPromptTags(tags)) return null;
  const text = tags[textTag] ?? "";
  const own = Object.fromEntries(Object.entries(tags).filter(([key]) => ![promptTag, textTag, typeTag].includes(key)));
  return { text, messages: tags[typeTag] === "chat" ? messagesOf(text) : null, tags: own };
};

const messagesOf = (text: string): { role: string; content: string }[] | null => {
  const parsed = readJson(text);
  if (!Array.isArray(parsed)) return null; // shown as the text that it is
  return parsed.map((message: unknown) => {
    const { role, content } = isObject(message) ? message : {};
    return { role: typeof role === "string" ? role : "message", content: typeof content === "string" ? content : JSON.stringify(content) };
  });
};
