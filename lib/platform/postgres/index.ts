export { systemFolder } from "./binaries";
export { findFreePort, isPortFree } from "./free-port";
export { embeddedMaxConnections, type PostgresServer, type ServerOptions, startPostgres } from "./server";
export { ensurePostgresUser, findClosedParent } from "./system-user";
