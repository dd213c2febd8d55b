import { openDatabase } from "@/lib/platform/db";
import { grantRights, roleNames } from "@/lib/platform/db/roles";

import { testDatabase, type TestDatabase } from "../../support/database";

/** A database whose `gatewayUrl` has a gateway's rights and no more, as in the product. */
export const gatewayDatabase = async (): Promise<TestDatabase & { gatewayUrl: string }> => {
  const database = await testDatabase();
  const owner = openDatabase({ url: database.ownerUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 15_000 });
  for (const name of Object.values(roleNames)) {
    await owner.$executeRawUnsafe(`DO $$ BEGIN CREATE ROLE ${name} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
  }
  await owner.$disconnect();
  await grantRights(database.ownerUrl);
  const url = new URL(database.ownerUrl);
  url.searchParams.set("options", `-c role=${roleNames.gateway}`);
  return { ...database, gatewayUrl: url.href };
};
