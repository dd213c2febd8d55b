import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

const planted: string[] = [];
const plant = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  planted.push(file);
};
afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file, { force: true });
});

const cruise = (file: string): { status: number | null; output: string } => {
  const run = spawnSync(process.execPath, ["node_modules/dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.cjs", file], { encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
};

test.each([
  ["core-imports-nothing", "lib/core/planted-violation.ts", 'import "@/lib/platform/log";\n'],
  ["prisma-in-stores", "lib/core/planted-violation.ts", 'import "@/prisma/generated/client";\n'],
  ["bullmq-in-queue", "lib/registry/planted-violation.ts", 'import "bullmq";\n'],
  ["slices-by-their-doors", "lib/registry/planted-violation.ts", 'import "@/lib/audit/record";\n'],
  ["workers-without-ui", "workers/planted-violation.ts", 'import "react";\n'],
  ["components-without-server", "components/planted-violation.ts", 'import "@/lib/registry/server";\n'],
  ["tests-by-tests", "lib/core/planted-violation.ts", 'import "@/test/support/factories";\n'],
])("a planted import against %s is caught", (rule, file, text) => {
  plant(file, text);
  const { status, output } = cruise(file);
  expect(output).toContain(rule);
  expect(status).not.toBe(0);
});

test("a process.env outside lib/platform/env is caught by the linter", () => {
  plant("lib/core/planted-violation.ts", 'export const secret = process.env["SECRET"];\n');
  const run = spawnSync(process.execPath, ["node_modules/eslint/bin/eslint.js", "lib/core/planted-violation.ts"], { encoding: "utf8" });
  expect(run.stdout).toContain("no-restricted-syntax");
});

test("no source file is over 400 lines, and the median is under 90", () => {
  const files = execFileSync("git", ["ls-files", "app", "components", "lib", "workers", "bin"], { encoding: "utf8" }).split("\n").filter((file) => /\.tsx?$/.test(file));
  const lengths = files.flatMap((file) => (existsSync(file) ? [{ file, lines: readFileSync(file, "utf8").split("\n").length - 1 }] : []));
  expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(90);
});
