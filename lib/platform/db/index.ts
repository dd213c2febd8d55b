export { type Database, type DatabaseOptions, openDatabase, Prisma, type Tx } from "./client";
export { compareNumber, compareText } from "./conditions";
export { isUniqueViolation } from "./constraint";
export { runStatement, type Statement } from "./statement";
export { isDatabaseUnavailable } from "./unavailable";
export { acquireLease, type HeldLease, lockLease } from "./lease";
