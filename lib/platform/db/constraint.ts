import { Prisma } from "./client";

/** True when `error` is the violation of a unique constraint (optionally of the named one), in whichever of Prisma's shapes it comes. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean => hasCode(error, ["P2002", "23505"], constraint);

const hasCode = (error: unknown, codes: string[], constraint: string | undefined): boolean => {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  const text = `${JSON.stringify(error.meta ?? {})} ${error.message}`;
  const matches = codes.includes(error.code) || (error.code === "P2010" && codes.some((code) => text.includes(code)));
  return matches && (constraint === undefined || text.includes(constraint));
};
