import { z } from "zod";

import { pageQuery, wireTime } from "@/lib/http/operation";

const text = z.string().max(200);

export const AuditQuery = pageQuery.extend({
  actor: text.optional().meta({ description: "Id of a person (usr_…), also for what their tokens did, or `system`." }),
  action: text.optional().meta({ description: "An action such as `rollout.start`, or a prefix that ends in a dot, such as `rollout.`." }),
  targetType: text.optional(),
  targetId: text.optional(),
  from: wireTime.optional(),
  to: wireTime.optional(),
  q: text.optional().meta({ description: "Text in action, target, request id or the names of people." }),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditEventView = z
  .object({
    id: z.string(),
    seq: z.number().int().nullable().meta({ description: "Gap-free number in the workspace; null until the sequencer has given it, at most a second later." }),
    sequencedAt: wireTime.nullable(),
    occurredAt: wireTime,
    actor: z.object({
      type: z.enum(["user", "token", "system"]),
      id: z.string().nullable(),
      name: z.string().nullable().meta({ description: "Null when the person was erased." }),
      onBehalfOf: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    }),
    action: z.string(),
    target: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    reason: z.string().nullable(),
    because: z.string().nullable(),
    change: z.object({ before: z.json().optional(), after: z.json().optional() }).nullable(),
    requestId: z.string().nullable(),
    leafHash: z.string().meta({ description: "SHA-256 of 0x00 and the canonical text, hexadecimal." }),
  })
  .meta({ id: "AuditEvent" });
export type AuditEventView = z.infer<typeof AuditEventView>;

export const AuditEventDetail = AuditEventView.extend({
  canonical: z.string().meta({ description: "The event as it was hashed: RFC 8785 text." }),
  personal: z.array(z.object({ field: z.string(), commitment: z.string(), value: z.string().nullable(), salt: z.string().nullable() })).meta({ description: "Commitment = SHA-256(salt, value). Value and salt are null after erasure." }),
}).meta({ id: "AuditEventDetail" });
export type AuditEventDetail = z.infer<typeof AuditEventDetail>;

const count = z.number().int();
export const AuditFacets = z
  .object({
    total: count,
    unsequenced: count,
    actions: z.array(z.object({ value: z.string(), count })),
    actors: z.array(z.object({ value: z.string(), name: z.string(), count })),
    targetTypes: z.array(z.object({ value: z.string(), count })),
  })
  .meta({ id: "AuditFacets" });
export type AuditFacets = z.infer<typeof AuditFacets>;
export const AuditFacetsQuery = z.object({ from: wireTime.optional(), to: wireTime.optional() });
