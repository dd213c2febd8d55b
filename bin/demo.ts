import { connectInstallation } from "./demo/installation";
import { canaryPlan } from "./demo/plan";
import * as story from "./demo/story";
import { openTerminal } from "./demo/terminal";
import { runCommand } from "./support/fail";

/** Below this accuracy by labels the promoted version counts as broken. */
const performanceLine = 0.88;

const tell = async (stage: story.Stage): Promise<void> => {
  const { terminal, digits } = stage;
  terminal.step(1, "Models from real data");
  const [first, better, third] = [digits.model("champion"), digits.model("challenger"), digits.model("harmful")];
  terminal.say(`1,797 real handwritten digits; ${digits.pool("train").length} training rows, ${digits.pool("heldout_usual").length} usual and ${digits.pool("heldout_thick").length} thick-stroke rows held out (examples/digits)`);

  terminal.step(2, "Register");
  await story.registerImpostor(stage);
  const v1 = await story.register(stage, first, "First release");

  terminal.step(3, "Evidence and approval");
  await story.approve(stage, v1, first, null);

  terminal.step(4, "Deploy");
  const { token } = await story.openEndpoint(stage);
  await story.release(stage, v1, "all_at_once", null, 60_000);
  await story.pinReference(stage, v1);
  await story.createMonitors(stage, performanceLine);
  story.startStream(stage, token);

  terminal.step(5, "Release the challenger: shadow, canary, promotion");
  const v2 = await story.register(stage, better, "Support vector machine on recent scans");
  await story.pinReference(stage, v2);
  await story.approve(stage, v2, better, v1.number);
  const promoted = await story.release(stage, v2, "canary", canaryPlan({ isMirroredFirst: true }), 150_000);
  if (promoted.phase !== "SUCCEEDED") throw new Error(`The challenger was expected to be promoted, it is ${promoted.phase}: ${promoted.reason ?? ""}`);

  terminal.step(6, "Release the third: approved on good figures, judged by what it does");
  const v3 = await story.register(stage, third, "Gradient boosting on scaled pixels");
  await story.pinReference(stage, v3);
  await story.approve(stage, v3, third, v2.number);
  const ended = await story.release(stage, v3, "canary", canaryPlan(), 120_000);
  if (ended.phase !== "ROLLED_BACK") throw new Error(`v${v3.number} was expected to be rolled back, it is ${ended.phase}.`);
  await story.reportRollback(stage, v3, ended);

  terminal.step(7, "Watch: a quiet stream, then thick strokes");
  await story.expectQuiet(stage, 1);
  stage.traffic?.use(digits.pool("heldout_thick"));
  terminal.say("The stream turns to thick strokes, a real sub-population of the held-out rows");
  const drift = await story.waitForIncident(stage, "drift", (incident) => incident.status !== "resolved", 60_000);
  terminal.say(`INC-${drift.number} ${drift.title}. ${drift.cause}`);
  const performance = await story.waitForIncident(stage, "performance", (incident) => incident.status !== "resolved", 60_000);
  terminal.say(`INC-${performance.number} ${performance.title}. ${performance.cause}`);

  terminal.step(8, "Decide: one click back, then the stream returns");
  await story.rollBack(stage, `Accuracy fell on thick strokes (INC-${performance.number})`);
  const resolved = await story.waitForIncident(stage, "performance", (incident) => incident.status === "resolved", 60_000);
  terminal.say(`INC-${resolved.number} resolved by ${resolved.resolution ?? "?"}: ${resolved.resolvedByAction ?? ""}`);
  const open = await story.waitForIncident(stage, "drift", (incident) => incident.status !== "resolved", 5_000);
  terminal.say(`INC-${open.number} stays open: the stream is still drifted`);
  stage.traffic?.use(digits.pool("heldout_usual"));
  terminal.say("The stream returns to usual strokes");
  const cleared = await story.waitForIncident(stage, "drift", (incident) => incident.status === "resolved", 90_000);
  terminal.say(`INC-${cleared.number} resolved by ${cleared.resolution ?? "?"}: ${cleared.resolvedByAction ?? ""}`);

  terminal.step(9, "Record");
  await story.reportRecord(stage);
};

await runCommand(async () => {
  const terminal = openTerminal(process.stdout, 9);
  process.stdout.write("The main job on real input: nine steps, about three minutes.\n");
  const { installation, howToStop } = await connectInstallation((line: string) => terminal.say(line));
  const stage = await story.openStage(installation, terminal);
  try {
    await tell(stage);
  } finally {
    await stage.traffic?.stop();
  }
  terminal.say(`Done in ${Math.round(terminal.elapsedSeconds())} s. The system keeps running: ${installation.url}`);
  terminal.say(howToStop);
  return 0;
});
process.exit();
