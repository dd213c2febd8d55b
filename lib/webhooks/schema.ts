import { z } from "zod";

import { wireTime } from "@/lib/http/operation";

import { isWebhookEvent } from "./events";

const name = z.string().regex(/^(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, "starts and ends with a letter or digit, has at most 63 characters, and holds only letters, digits, dots, underscores and hyphens");
const events = z.array(z.string().refine(isWebhookEvent, "is no event of a webhook")).min(1, "name at least one").max(50);
export const webhookStatuses = ["ACTIVE", "DISABLED"] as const;
const status = z.enum(webhookStatuses);
const url = z.string().trim().min(1, "is empty").max(2_000);
const description = z.string().max(5_000);
/** Empty: notices are not signed. */
const secret = z.string().max(1_000);

export const WebhookCreate = z.strictObject({ name, url, events, description: description.optional(), secret: secret.optional(), status: status.default("ACTIVE") });
export type WebhookCreate = z.input<typeof WebhookCreate>;
export const WebhookUpdate = z.strictObject({ name: name.optional(), url: url.optional(), events: events.optional(), description: description.optional(), secret: secret.optional(), status: status.optional() });
export type WebhookUpdate = z.input<typeof WebhookUpdate>;

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export const WebhookView = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    isSigned: z.boolean().meta({ description: "A secret is set; it is never shown." }),
    status,
    createdBy: z.string(),
    createdAt: wireTime,
    updatedAt: wireTime,
    deliveries: z.object({ pending: z.number().int(), failed: z.number().int(), lastStatus: z.enum(deliveryStatuses).nullable(), lastSentAt: wireTime.nullable() }),
  })
  .meta({ id: "Webhook" });
export type WebhookView = z.infer<typeof WebhookView>;

export const DeliveryView = z
  .object({
    id: z.string(),
    event: z.string(),
    status: z.enum(deliveryStatuses),
    attempts: z.number().int(),
    createdAt: wireTime,
    sentAt: wireTime.nullable(),
    nextAt: wireTime.nullable().meta({ description: "When it is sent next, while it is pending." }),
    responseStatus: z.number().int().nullable(),
    responseBody: z.string().nullable(),
    error: z.string().nullable(),
    body: z.string(),
  })
  .meta({ id: "WebhookDelivery" });
export type DeliveryView = z.infer<typeof DeliveryView>;

export const TestCreate = z.strictObject({ event: z.string().refine(isWebhookEvent, "is no event of a webhook").optional() });
export const TestView = z.object({ success: z.boolean(), responseStatus: z.number().int().nullable(), responseBody: z.string().nullable(), error: z.string().nullable() });
export type TestView = z.infer<typeof TestView>;
