import { isObject } from "@/lib/core/json";

/** Actions of each entity that MLflow's webhooks know (mlflow/entities/webhook.py), but for budgets, which Slipway has none of. */
const actions = {
  REGISTERED_MODEL: ["CREATED"],
  MODEL_VERSION: ["CREATED"],
  MODEL_VERSION_TAG: ["SET", "DELETED"],
  MODEL_VERSION_ALIAS: ["CREATED", "DELETED"],
  PROMPT: ["CREATED"],
  PROMPT_VERSION: ["CREATED"],
  PROMPT_TAG: ["SET", "DELETED"],
  PROMPT_VERSION_TAG: ["SET", "DELETED"],
  PROMPT_ALIAS: ["CREATED", "DELETED"],
} as const;

/** Every event, as `entity.action` in lower case: `model_version.created`. */
export const webhookEvents: readonly string[] = Object.entries(actions).flatMap(([entity, names]) => names.map((name) => `${entity}.${name}`.toLowerCase()));
export const isWebhookEvent = (text: string): boolean => webhookEvents.includes(text);

/** What a webhook is told: which event, and MLflow's document of it (mlflow/webhooks/types.py). */
export type Notice = { event: string; data: Record<string, unknown> };

type Tags = Record<string, string>;
const tagsOf = (value: unknown): Tags => (isObject(value) ? Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : []))) : {});
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const inner = { kind: "mlflow.prompt.is_prompt", text: "mlflow.prompt.text", type: "_mlflow_prompt_type" };
const without = (tags: Tags, ...keys: string[]): Tags => Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

/** The tags that one change set or removed: a single one, or the difference of two whole sets. */
const tagChanges = (before: Record<string, unknown>, after: Record<string, unknown>): { key: string; value: string | null }[] => {
  if (typeof after["tag"] === "string") return [{ key: after["tag"], value: textOf(after["value"]) }];
  const [old, now] = [tagsOf(before["tags"]), tagsOf(after["tags"])];
  const set = Object.entries(now).filter(([key, value]) => old[key] !== value);
  return [...set.map(([key, value]) => ({ key, value })), ...Object.keys(old).filter((key) => now[key] === undefined).map((key) => ({ key, value: null }))];
};

type Event = { name: string; number: unknown; isPrompt: boolean; before: Record<string, unknown>; after: Record<string, unknown>; data: Record<string, unknown> };

const modelCreated = ({ name, isPrompt, after }: Event): Notice[] => {
  const tags = tagsOf(after["tags"]);
  const description = textOf(after["description"]);
  return [isPrompt ? { event: "prompt.created", data: { name, tags: without(tags, inner.kind, inner.type), description } } : { event: "registered_model.created", data: { name, tags, description } }];
};

const versionCreated = ({ name, number, isPrompt, data }: Event): Notice[] => {
  const tags = tagsOf(data["tags"]);
  const base = { name, version: String(number) };
  const description = textOf(data["description"]);
  return isPrompt
    ? [{ event: "prompt_version.created", data: { ...base, template: tags[inner.text] ?? null, tags: without(tags, inner.kind, inner.type, inner.text), description } }]
    : [{ event: "model_version.created", data: { ...base, source: textOf(data["source"]) ?? "", run_id: textOf(data["runId"]), tags, description } }];
};

const tagged = (entity: string, base: Record<string, unknown>, { before, after }: Event): Notice[] =>
  tagChanges(before, after).map(({ key, value }) => (value === null ? { event: `${entity}.deleted`, data: { ...base, key } } : { event: `${entity}.set`, data: { ...base, key, value } }));

/** The notices that one event of the outbox makes: none for what MLflow's webhooks don't speak of. */
export const noticesOf = (type: string, data: Record<string, unknown>): Notice[] => {
  const model = isObject(data["model"]) ? data["model"] : {};
  const change = isObject(data["change"]) ? data["change"] : {};
  const [before, after] = [change["before"], change["after"]].map((side) => (isObject(side) ? side : {})) as [Record<string, unknown>, Record<string, unknown>];
  const event: Event = { name: textOf(model["name"]) ?? "", number: data["number"], isPrompt: data["isPrompt"] === true, before, after, data };
  const { name, number, isPrompt } = event;
  if (name === "") return [];
  const alias = isPrompt ? "prompt_alias" : "model_version_alias";
  switch (type) {
    case "slipway.model.create": return modelCreated(event);
    case "slipway.version.create": return versionCreated(event);
    case "slipway.model.update": return isPrompt ? tagged("prompt_tag", { name }, event) : [];
    case "slipway.version.update": return tagged(isPrompt ? "prompt_version_tag" : "model_version_tag", { name, version: String(number) }, event);
    case "slipway.alias.set": return [{ event: `${alias}.created`, data: { name, alias: after["alias"], version: String(after["version"]) } }];
    case "slipway.alias.delete": return [{ event: `${alias}.deleted`, data: { name, alias: before["alias"] } }];
    default: return [];
  }
};

/** MLflow's own example of each document, which a test of a webhook sends. */
export const exampleOf = (event: string): Record<string, unknown> => {
  const [entity = "", action = ""] = event.split(".");
  const isPrompt = entity.startsWith("prompt");
  const name = isPrompt ? "example_prompt" : "example_model";
  const tag = action === "set" ? { key: "example_key", value: "example_value" } : { key: "example_key" };
  if (entity === "prompt_tag") return { name, ...tag };
  if (entity.endsWith("_version_tag")) return { name, version: "1", ...tag };
  if (entity.endsWith("_alias")) return { name, alias: "example_alias", ...(action === "created" ? { version: "1" } : {}) };
  const described = { tags: { example_key: "example_value" }, description: isPrompt ? (entity === "prompt" ? "An example prompt" : "An example prompt version") : entity === "registered_model" ? "An example registered model" : "An example model version" };
  if (entity === "prompt_version") return { name, version: "1", template: "Hello {{name}}!", ...described };
  if (entity === "model_version") return { name, version: "1", source: "models:/123", run_id: "abcd1234abcd5678", ...described };
  return { name, ...described };
};

/** The text that is signed and sent: MLflow's envelope with the event's own time. */
export const bodyOf = ({ event, data }: Notice, at: Date, workspace: string): string => {
  const [entity = "", action = ""] = event.split(".");
  return JSON.stringify({ entity, action, timestamp: at.toISOString().replace("Z", "+00:00"), data, workspace });
};
