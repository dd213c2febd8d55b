import * as story from "@/bin/demo/story";
import { openTerminal } from "@/bin/demo/terminal";
import type { System } from "@/test/support/system";

const shared = { postBakeSeconds: 0, warmSeconds: 3_600, prepareDeadlineSeconds: 60 };
const guardrails = [{ metric: "error_rate", margin: 0.06 }, { metric: "latency_p95", marginMs: 250 }, { metric: "loss", margin: 0.5, minLabels: 100 }];

/** What the screens show once a system has lived for a while. */
export type Seeded = { engineer: { email: string; password: string }; rollout: string; openRequest: string; decidedRequest: string; incident: string; stop: () => Promise<void> };

/** Lets a system live: versions, evidence, requests, an endpoint with a live stream of real rows, monitors that saw thick strokes, a canary under way. By the API, as the demo does. */
export const seed = async (system: System): Promise<Seeded> => {
  const lines: string[] = [];
  const terminal = openTerminal(process.stdout, 1);
  const say = (line: string): void => {
    lines.push(line);
    terminal.say(line);
  };
  const stage = await story.openStage({ url: system.url, gatewayUrl: system.gatewayUrl, adminToken: system.admin.token }, { ...terminal, say });
  const [, email = "", password = ""] = /Mara joined.*sign in as (\S+) with (\S+)/.exec(lines.join("\n")) ?? [];
  const { engineer, digits } = stage;

  const v1 = await story.register(stage, digits.model("champion"), "First release");
  await story.approve(stage, v1, digits.model("champion"), null);
  const { token } = await story.openEndpoint(stage);
  await story.release(stage, v1, "all_at_once", null, 90_000);
  await story.pinReference(stage, v1);
  await story.createMonitors(stage, 0.9);
  await story.registerImpostor(stage);
  story.startStream(stage, token);
  stage.traffic?.use(digits.pool("heldout_thick"));

  const v2 = await story.register(stage, digits.model("challenger"), "Support vector machine on recent scans");
  await story.approve(stage, v2, digits.model("challenger"), v1.number);
  const v3 = await story.register(stage, digits.model("harmful"), "Gradient boosting on scaled pixels");
  await engineer.call("POST", "/requests", { model: stage.name, version: v3.number, environment: "production", comment: "Please look at the figures" });
  const incident = await story.waitForIncident(stage, "drift", (seen) => seen.status !== "resolved", 120_000);
  const steps = [{ kind: "canary", weightPercent: 20, minRequests: 100, bakeSeconds: 3_600, deadlineSeconds: 7_200, onUndecided: "hold" }];
  const { id } = await engineer.call<{ id: string }>("POST", "/rollouts", { endpoint: stage.name, environment: "production", version: v2.number, strategy: "canary", plan: { steps, guardrails, ...shared } });
  await terminal.wait("a verdict of the canary", async () => {
    const seen = await engineer.call<{ verdict: { guardrails: unknown[] } | null }>("GET", `/rollouts/${id}`);
    return (seen.verdict?.guardrails.length ?? 0) > 0 ? seen : undefined;
  }, { text: () => "no verdict yet", timeoutMs: 120_000 });
  const { items } = await engineer.call<{ items: { number: string; status: string }[] }>("GET", "/requests");
  const requestOf = (isOpen: boolean): string => items.find((request) => (request.status === "OPEN") === isOpen)?.number ?? "";
  return { engineer: { email, password }, rollout: id, openRequest: requestOf(true), decidedRequest: requestOf(false), incident: `INC-${incident.number}`, stop: async () => stage.traffic?.stop() };
};
