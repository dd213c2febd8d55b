import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { projectRoot } from "./support/home";
import { runCommand } from "./support/fail";

type Stage = { name: string; command: string[]; isPresent: boolean };
type Counts = { passed: number; failed: number };
type Outcome = Counts & { name: string; seconds: number };

const program = (relative: string): string => path.join(projectRoot, "node_modules", relative);
const vitest = (project: string, ...paths: string[]): string[] => [program("vitest/vitest.mjs"), "run", "--project", project, ...paths];

const hasTests = (folder: string): boolean => {
  const absolute = path.join(projectRoot, "test", folder);
  return existsSync(absolute) && readdirSync(absolute, { recursive: true }).some((name) => String(name).endsWith(".test.ts"));
};

const suite = (name: string, project = name): Stage => ({ name, command: vitest(project, `test/${name}/`), isPresent: hasTests(name) });

const stages: Stage[] = [
  { name: "types", command: [program("typescript/bin/tsc"), "--noEmit", "--incremental", "--tsBuildInfoFile", "node_modules/.cache/tsc.tsbuildinfo"], isPresent: true },
  { name: "lint", command: ["--max-old-space-size=4096", program("eslint/bin/eslint.js"), ".", "--max-warnings", "0", "--cache", "--cache-location", "node_modules/.cache/eslint"], isPresent: true },
  { name: "modules", command: [program("dependency-cruiser/bin/dependency-cruise.mjs"), "--config", ".dependency-cruiser.cjs", "app", "components", "lib", "workers", "bin", "test"], isPresent: true },
  { name: "unused", command: [program("knip/bin/knip.js")], isPresent: true },
  suite("unit"),
  suite("structure"),
  suite("integration"),
  suite("api", "integration"),
  suite("faults"),
  suite("compat"),
  suite("e2e"),
];

/** Adds up what vitest says of its tests; a stage of one check counts as one. */
const countOf = (output: string, status: number): Counts => {
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const line = plain.split("\n").findLast((text) => /^\s*Tests\s/.test(text));
  const found = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line ?? "")?.[1] ?? 0);
  const counts = line ? { passed: found("passed"), failed: found("failed") } : { passed: status === 0 ? 1 : 0, failed: 0 };
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

const run = (stage: Stage): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    process.stdout.write(`\n── ${stage.name} ──\n`);
    const env = { ...process.env, NODE_ENV: "test", FORCE_COLOR: process.stdout.isTTY ? "1" : "0" } as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, stage.command, { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [stream, target] of [[child.stdout, process.stdout], [child.stderr, process.stderr]] as const) {
      stream.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-200_000);
        target.write(chunk);
      });
    }
    child.on("error", reject);
    child.on("close", (status) => {
      const seconds = (performance.now() - startedAtMs) / 1000;
      const counts = countOf(output, status ?? 1);
      process.stdout.write(`── ${stage.name}: ${counts.failed === 0 ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s\n`);
      resolve({ name: stage.name, seconds, ...counts });
    });
  });

/** Runs every check, also after one failed; names on the command line choose some: npm test -- unit api. */
await runCommand(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no stage ${unknown.join(", ")}. Stages: ${stages.map((stage) => stage.name).join(", ")}\n`);
    return 1;
  }
  const outcomes: Outcome[] = [];
  for (const stage of stages) if (stage.isPresent && (chosen.length === 0 || chosen.includes(stage.name))) outcomes.push(await run(stage));
  process.stdout.write("\n");
  for (const { name, seconds, passed, failed } of outcomes) process.stdout.write(`${name.padEnd(12)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(8)} s\n`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});
process.exit();
