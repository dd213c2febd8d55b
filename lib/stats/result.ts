import { AppError } from "@/lib/core/errors";

/** Why a quantity has no value. A screen shows the reason; it never shows 0 or NaN instead. */
export type UndefinedReason = "no_data" | "one_class" | "insufficient" | "constant";

/** A number, or the reason why there is none. */
export type Measure = { value: number; status: "ok" } | { value: null; status: UndefinedReason };

export const measured = (value: number): Measure => ({ value, status: "ok" });

export const unmeasured = (status: UndefinedReason): Measure => ({ value: null, status });

/** A test result: `statistic` and `p` are null exactly when `status` is not "ok". */
export type TestResult =
  | { statistic: number; df: number; p: number; status: "ok" }
  | { statistic: null; df: null; p: null; status: UndefinedReason };

export const untested = (status: UndefinedReason): TestResult => ({ statistic: null, df: null, p: null, status });

/** Raises `invalid` unless the value lies strictly between 0 and 1: a level, a confidence or a quantile that is a mistake of the caller. */
export const requireOpenUnit = (value: number, name: string): void => {
  if (!(value > 0 && value < 1)) throw new AppError("invalid", "stats.bad_argument", `${name} must lie between 0 and 1, exclusive; it is ${value}.`);
};

/** Raises `invalid` unless two parallel lists have one length. */
export const requireSameLength = (a: ArrayLike<unknown>, b: ArrayLike<unknown>, name: string): void => {
  if (a.length !== b.length) throw new AppError("invalid", "stats.bad_argument", `${name} must have the same length; they have ${a.length} and ${b.length}.`);
};
