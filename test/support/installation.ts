import { setWebDeps } from "@/lib/http/deps";
import { bootstrapInstallation } from "@/lib/identity/server";

import { testDeps, type TestDeps, type TestDepsOptions } from "./deps";

/** An installation at its first start, on the database's clock, which the routes and MLflow's door of this process answer from. */
export const openInstallation = async (token: string, options?: TestDepsOptions): Promise<TestDeps> => {
  const deps = await testDeps(options);
  deps.clock.useDatabase();
  setWebDeps(deps);
  await bootstrapInstallation(deps, { token });
  return deps;
};
