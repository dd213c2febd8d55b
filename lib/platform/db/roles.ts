import { Client, escapeIdentifier, escapeLiteral } from "pg";

/** The roles of the embedded server, none a superuser: the owner migrates, each kind of process has only what it needs. */
export const roleNames = { owner: "slipway_owner", web: "slipway_web", worker: "slipway_worker", gateway: "slipway_gateway" } as const;
export type RoleKind = keyof typeof roleNames;

const appendOnly = ["audit_event", "audit_sequence", "route_revision", "review", "policy", "outbox_event"];

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Makes the roles and the database that they share, as the superuser of a server of our own; safe to run again. */
export const ensureRoles = (superuserUrl: string, database: string, passwords: Record<RoleKind, string>): Promise<void> =>
  withClient(superuserUrl, async (client) => {
    for (const [kind, name] of Object.entries(roleNames) as [RoleKind, string][]) {
      const found = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
      await client.query(`${found.rowCount ? "ALTER" : "CREATE"} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${escapeLiteral(passwords[kind])}`);
    }
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (!found.rowCount) await client.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${roleNames.owner}`);
    await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${roleNames.web}, ${roleNames.worker}, ${roleNames.gateway}`);
    await client.query(`GRANT pg_read_all_stats TO ${roleNames.worker}`);
  });

/** Rights that an earlier release gave and this one does not. */
const reset = (role: string): string => `REVOKE ALL ON ALL TABLES IN SCHEMA public, inference FROM ${role}`;

const services = (role: string): string[] => [
  `GRANT USAGE ON SCHEMA public, inference, bullmq TO ${role}`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
  `REVOKE UPDATE, DELETE ON ${appendOnly.join(", ")} FROM ${role}`,
  `REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM ${role}`,
  `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
  `GRANT SELECT ON ALL TABLES IN SCHEMA inference TO ${role}`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${role}`,
  `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO ${role}`,
  `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${role}`,
];

const gatewayReads = ["workspace", "environment", "endpoint", "runtime", "model_server", "model_version", "route_revision", "membership", "api_token"];

const rightsOf: Record<Exclude<RoleKind, "owner">, (role: string) => string[]> = {
  web: (role) => [...services(role), `REVOKE INSERT ON audit_sequence FROM ${role}`],
  worker: (role) => [
    ...services(role),
    `GRANT INSERT, UPDATE, DELETE ON inference.batch TO ${role}`,
    `GRANT EXECUTE ON FUNCTION inference.ensure_partitions(date, date), inference.drop_partition(text, date) TO ${role}`,
  ],
  gateway: (role) => [
    `GRANT USAGE ON SCHEMA public, inference TO ${role}`,
    `GRANT SELECT ON ${gatewayReads.join(", ")} TO ${role}`,
    `GRANT SELECT (id, name, is_admin, disabled_at) ON app_user TO ${role}`,
    `GRANT UPDATE (last_used_at) ON api_token TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_process TO ${role}`,
    `GRANT INSERT ON inference.call, inference.body TO ${role}`,
    `GRANT SELECT, INSERT ON inference.batch TO ${role}`,
    // A gateway that outlives maintenance makes the day that it writes to, rather than lose it.
    `GRANT EXECUTE ON FUNCTION inference.ensure_partitions(date, date) TO ${role}`,
  ],
};

const closeFunctions = "REVOKE EXECUTE ON FUNCTION inference.ensure_partitions(date, date), inference.drop_partition(text, date) FROM PUBLIC";

/** Gives the three kinds of process their rights, as the owner of the database and after every migration. */
export const grantRights = (ownerUrl: string): Promise<void> =>
  withClient(ownerUrl, async (client) => {
    await client.query("BEGIN");
    await client.query(closeFunctions);
    for (const [kind, statements] of Object.entries(rightsOf) as [Exclude<RoleKind, "owner">, (role: string) => string[]][]) {
      for (const statement of [reset(roleNames[kind]), ...statements(roleNames[kind])]) await client.query(statement);
    }
    await client.query("COMMIT");
  });

/** Gives one role of a server that is not ours (the one in DATABASE_URL, where another migrates) the rights of all kinds. */
export const grantAllKinds = (ownerUrl: string, role: string): Promise<void> =>
  withClient(ownerUrl, async (client) => {
    await client.query("BEGIN");
    await client.query(closeFunctions);
    const name = escapeIdentifier(role);
    for (const statement of [reset(name), ...rightsOf.worker(name), `GRANT INSERT ON inference.call, inference.body TO ${name}`]) await client.query(statement);
    await client.query("COMMIT");
  });
