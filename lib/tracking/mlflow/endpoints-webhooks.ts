import { type Page } from "@/lib/core/pagination";
import { isWebhookEvent, type WebhookView } from "@/lib/webhooks";
import { createWebhook, deleteWebhook, getWebhook, listWebhooks, testWebhook, updateWebhook } from "@/lib/webhooks/server";

import { invalid } from "../errors";
import { type Endpoint, get, patch, post, remove } from "./endpoint";
import type { Input } from "./input";
import { compact } from "./output";

/** In the order of MLflow's numbers, which some clients send instead of names. */
const entities = ["REGISTERED_MODEL", "MODEL_VERSION", "MODEL_VERSION_TAG", "MODEL_VERSION_ALIAS", "PROMPT", "PROMPT_VERSION", "PROMPT_TAG", "PROMPT_VERSION_TAG", "PROMPT_ALIAS", "BUDGET_POLICY"] as const;
const actions = ["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED"] as const;
const statuses = ["ACTIVE", "DISABLED"] as const;

const readEvent = (input: Input): string => {
  const [entity, action] = [input.choice("entity", entities), input.choice("action", actions)];
  if (!entity || !action) throw invalid("Missing value for required parameter 'events': each one needs an entity and an action.");
  const event = `${entity}.${action}`.toLowerCase();
  if (!isWebhookEvent(event)) throw invalid(`Invalid action '${action.toLowerCase()}' for entity '${entity.toLowerCase()}'.`);
  return event;
};
const eventsOf = (input: Input): string[] => input.items("events").map(readEvent);

/** MLflow's rule for names, in its words: the service would name the field only. */
const checkName = (name: string): string => {
  if (/^(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)) return name;
  throw invalid(`Webhook name '${name.slice(0, 80)}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`);
};

/** Texts that are too long would otherwise be a fault of the schema. */
const within = (name: string, text: string | undefined, max: number): string | undefined => {
  if ((text?.length ?? 0) > max) throw invalid(`Invalid value for parameter '${name}' supplied: it has ${text?.length ?? 0} characters, at most ${max} are allowed.`);
  return text;
};

const entity = ({ id, name, url, events, description, status, createdAt, updatedAt }: WebhookView) =>
  compact({
    webhook_id: id,
    name,
    url,
    events: events.map((event) => {
      const [kind = "", action = ""] = event.toUpperCase().split(".");
      return { entity: kind, action };
    }),
    description,
    status,
    creation_timestamp: Date.parse(createdAt),
    last_updated_timestamp: Date.parse(updatedAt),
  });
const answer = (view: WebhookView) => ({ webhook: entity(view) });

const readLimit = (input: Input): number => {
  const limit = input.int("max_results") ?? 100;
  if (limit < 1 || limit > 1_000) throw invalid("max_results must be between 1 and 1000.");
  return limit;
};

export const webhookEndpoints: Endpoint[] = [
  post("mlflow/webhooks", async (ctx, input) => {
    const events = eventsOf(input);
    const [name, url] = [checkName(input.need("name")), within("url", input.need("url"), 2_000) ?? ""];
    if (events.length === 0) throw invalid("Missing value for required parameter 'events'. Webhook events cannot be empty.");
    return answer(await createWebhook(ctx, { name, url, events, description: within("description", input.text("description"), 5_000), secret: within("secret", input.text("secret"), 1_000), status: input.choice("status", statuses) ?? "ACTIVE" }));
  }),
  get("mlflow/webhooks", async (ctx, input) => {
    const { items, nextCursor }: Page<WebhookView> = await listWebhooks(ctx, { limit: readLimit(input), cursor: input.text("page_token") || undefined });
    return compact({ webhooks: items.map(entity), next_page_token: nextCursor });
  }),
  get("mlflow/webhooks/{webhook_id}", async (ctx, input) => answer(await getWebhook(ctx, input.need("webhook_id")))),
  patch("mlflow/webhooks/{webhook_id}", async (ctx, input) => {
    const events = eventsOf(input);
    const [name, url] = [input.text("name"), input.text("url")];
    return answer(await updateWebhook(ctx, input.need("webhook_id"), {
      ...(name ? { name: checkName(name) } : {}),
      ...(url ? { url: within("url", url, 2_000) } : {}),
      ...(events.length > 0 ? { events } : {}),
      description: within("description", input.text("description"), 5_000),
      secret: within("secret", input.text("secret"), 1_000),
      status: input.choice("status", statuses),
    }));
  }),
  remove("mlflow/webhooks/{webhook_id}", (ctx, input) => deleteWebhook(ctx, input.need("webhook_id"))),
  post("mlflow/webhooks/{webhook_id}/test", async (ctx, input) => {
    const given = input.child("event");
    const { success, responseStatus, responseBody, error } = await testWebhook(ctx, input.need("webhook_id"), given.text("entity") === undefined ? undefined : readEvent(given));
    return { result: compact({ success, response_status: responseStatus, response_body: responseBody, error_message: success ? undefined : error }) };
  }),
];
