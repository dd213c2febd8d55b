import { expect, test } from "vitest";

import { connectionBudget } from "@/lib/platform/db";
import { embeddedMaxConnections } from "@/lib/platform/postgres";

test("all processes of an installation together stay within what the embedded server takes", () => {
  const keptForSuperuser = 3;
  const gatewayProcesses = 8;
  const { web, worker, gateway, operations } = connectionBudget(gatewayProcesses);
  expect(web + worker + gateway + operations).toBeLessThanOrEqual(embeddedMaxConnections - keptForSuperuser);
});
