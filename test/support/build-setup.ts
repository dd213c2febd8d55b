import { spawnSync } from "node:child_process";

/** Builds everything once a run, so that each system of the suite starts from the bundles. */
const setUp = (): void => {
  const run = spawnSync(process.execPath, ["bin/slipway.mjs", "build"], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the build failed:\n${run.stdout}${run.stderr}`);
};

export default setUp;
