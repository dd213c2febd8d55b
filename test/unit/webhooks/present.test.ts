import { describe, expect, test } from "vitest";

import { deliveryStatus, eventLabel, subjectOf } from "@/components/webhooks/present";
import { bodyOf, exampleOf, webhookEvents } from "@/lib/webhooks/events";

const at = new Date("2026-11-20T12:00:00Z");

describe("a delivery", () => {
  test.each([
    ["registered_model.created", "example_model"],
    ["model_version.created", "example_model v1"],
    ["model_version_tag.set", "example_model v1 example_key"],
    ["model_version_alias.created", "example_model v1 @example_alias"],
    ["model_version_alias.deleted", "example_model @example_alias"],
    ["prompt_tag.deleted", "example_prompt example_key"],
  ])("of %s names what it is about", (event, subject) => expect(subjectOf(bodyOf({ event, data: exampleOf(event) }, at, "default"))).toBe(subject));
  test.each(["", "no document", "[]", '{"data":"text"}', '{"data":{"name":7}}'])("with an odd document names nothing: %s", (body) => expect(subjectOf(body)).toBe(""));
  test("has words for every event", () => {
    for (const event of webhookEvents) expect(eventLabel(event)).toMatch(/^[A-Z][a-z ]+: [a-z]+$/);
  });
  test("says how often it was tried", () => expect([deliveryStatus({ status: "pending", attempts: 0 }).word, deliveryStatus({ status: "pending", attempts: 3 }).word]).toEqual(["Waiting", "Waiting, tried 3×"]));
});
