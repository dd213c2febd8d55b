export { connectionBudget, poolMax } from "./budget";
export { type Database, type DatabaseOptions, openDatabase, Prisma, type Tx } from "./client";
export { compareNumber, compareText, compileFilter, numberOf } from "./conditions";
export { beyond, cutPage, orderBy, type OrderTerm, positionColumn, positionOf, termOf } from "./keyset";
export { isBadValue } from "./bad-value";
export { isUniqueViolation } from "./constraint";
export { numberArray, refusalOf, runStatement, type Statement, type TextRow } from "./statement";
export { isDatabaseUnavailable } from "./unavailable";
export { acquireLease, type HeldLease, lockLease } from "./lease";
