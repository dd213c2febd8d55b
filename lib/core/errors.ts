/** The closed set of ways in which a request can fail; each maps to one status in every protocol. */
export const errorKinds = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
  disk_full: 507,
} as const;

export type ErrorKind = keyof typeof errorKinds;

export type InvalidParam = { name: string; reason: string; code?: string };

export type AppErrorOptions = {
  cause?: unknown;
  /** Extra members of the problem document; never secrets. */
  details?: Record<string, unknown>;
  invalidParams?: InvalidParam[];
  /** Seconds after which a retry makes sense. */
  retryAfterSeconds?: number;
};

/** Marks AppErrors of every copy of this module: web loads two, its own bundle and the one that Next makes. */
const brand = Symbol.for("slipway.app-error");

/** An expected failure: a kind, a slice-scoped code such as `rollout.endpoint_busy`, and a sentence that says what to do. */
export class AppError extends Error {
  readonly [brand] = true;
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly invalidParams: InvalidParam[];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? {};
    this.invalidParams = options.invalidParams ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorKinds[this.kind];
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof Error && brand in error;

/** Returns the message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Narrows away undefined and null where an invariant of the code guarantees a value; throws an internal error otherwise. */
export const must = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new AppError("internal", "core.invariant", `Expected ${what}.`);
  return value;
};
