import { describe, expect, it } from "vitest";

import { bodyOf, exampleOf, noticesOf, webhookEvents } from "@/lib/webhooks/events";
import { signatureOf } from "@/lib/webhooks/send";

const model = { type: "model", id: "mod_1", name: "churn" };
const prompt = { model: { ...model, name: "greeting" }, isPrompt: true };

describe("notices of an outbox event", () => {
  it.each([
    ["slipway.model.create", { model, isPrompt: false, change: { after: { description: null, tags: { a: "b" } } } }, [["registered_model.created", { name: "churn", tags: { a: "b" }, description: null }]]],
    ["slipway.model.create", { ...prompt, change: { after: { description: "d", tags: { "mlflow.prompt.is_prompt": "true", team: "x" } } } }, [["prompt.created", { name: "greeting", tags: { team: "x" }, description: "d" }]]],
    ["slipway.version.create", { model, number: 3, isPrompt: false, source: "runs:/r/m", runId: "r", tags: { t: "1" }, description: null }, [["model_version.created", { name: "churn", version: "3", source: "runs:/r/m", run_id: "r", tags: { t: "1" }, description: null }]]],
    ["slipway.version.create", { ...prompt, number: 2, source: "dummy-source", tags: { "mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Hi {{n}}", _mlflow_prompt_type: "text", lang: "en" }, description: "first" }, [["prompt_version.created", { name: "greeting", version: "2", template: "Hi {{n}}", tags: { lang: "en" }, description: "first" }]]],
    ["slipway.version.update", { model, number: 1, isPrompt: false, change: { after: { tag: "k", value: "v" } } }, [["model_version_tag.set", { name: "churn", version: "1", key: "k", value: "v" }]]],
    ["slipway.version.update", { model, number: 1, isPrompt: false, change: { after: { tag: "k", value: null } } }, [["model_version_tag.deleted", { name: "churn", version: "1", key: "k" }]]],
    ["slipway.version.update", { model, number: 1, isPrompt: false, change: { before: { tags: { a: "1", b: "2" } }, after: { tags: { a: "3" } } } }, [["model_version_tag.set", { name: "churn", version: "1", key: "a", value: "3" }], ["model_version_tag.deleted", { name: "churn", version: "1", key: "b" }]]],
    ["slipway.version.update", { model, number: 1, isPrompt: false, change: { before: { stage: "None" }, after: { stage: "Staging" } } }, []],
    ["slipway.model.update", { model, isPrompt: false, change: { after: { tag: "k", value: "v" } } }, []],
    ["slipway.model.update", { ...prompt, change: { after: { tag: "k", value: "v" } } }, [["prompt_tag.set", { name: "greeting", key: "k", value: "v" }]]],
    ["slipway.alias.set", { model, isPrompt: false, change: { before: { alias: "gold", version: null }, after: { alias: "gold", version: 4 } } }, [["model_version_alias.created", { name: "churn", alias: "gold", version: "4" }]]],
    ["slipway.alias.delete", { ...prompt, change: { before: { alias: "gold", version: 4 } } }, [["prompt_alias.deleted", { name: "greeting", alias: "gold" }]]],
    ["slipway.rollout.start", { model, change: {} }, []],
    ["slipway.alias.set", {}, []],
  ])("%s %#", (type, data, expected) => {
    expect(noticesOf(type, data).map(({ event, data: told }) => [event, told])).toEqual(expected);
  });
});

it("signs as MLflow does", () => {
  // hmac.new(b"s3cret", b"id-1.1700000000.{}", sha256), base64
  expect(signatureOf("s3cret", "id-1", "1700000000", "{}")).toBe("v1,laOlY93PgfvXnu0y/Q4W5nm7RnNEJSPyvnczNJlQhiM=");
});

it("has an example of every event, in MLflow's envelope", () => {
  expect(webhookEvents).toHaveLength(14);
  for (const event of webhookEvents) expect(exampleOf(event)).toHaveProperty("name");
  expect(JSON.parse(bodyOf({ event: "prompt_alias.created", data: { a: 1 } }, new Date(0), "default"))).toEqual({ entity: "prompt_alias", action: "created", timestamp: "1970-01-01T00:00:00.000+00:00", data: { a: 1 }, workspace: "default" });
});
