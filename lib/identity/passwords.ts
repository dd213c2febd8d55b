import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

import { AppError } from "@/lib/core/errors";

import { isCommonPassword } from "./common-passwords";

export const minPasswordLength = 12;
export const maxPasswordLength = 128;

const cost = { log2N: 17, r: 8, p: 1, keyLength: 32 };
const maxAtOnce = 2; // each takes 128 MB
let running = 0;
const waiting: (() => void)[] = [];

const withSlot = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next(); // hands its slot on
    else running -= 1;
  }
};

const derive = (password: string, salt: Buffer, { log2N, r, p, keyLength }: typeof cost): Promise<Buffer> =>
  withSlot(() => new Promise((resolve, reject) => {
    const N = 2 ** log2N;
    scrypt(password.normalize("NFKC"), salt, keyLength, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error ? reject(error) : resolve(key)));
  }));

/** Hashes a password with scrypt (RFC 7914; N = 2^17, r = 8, p = 1) and a fresh salt: `scrypt$17$8$1$salt$key`. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ["scrypt", cost.log2N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$");
};

/** Compares a password with a stored hash in constant time. Without a hash it works just as long and says no, so that timing tells nothing about accounts. */
export const verifyPassword = async (password: string, stored: string | undefined): Promise<boolean> => {
  const [kind, log2N, r, p, salt = "", key = ""] = (stored ?? "").split("$");
  if (kind !== "scrypt" || password.length > maxPasswordLength) {
    await derive("", randomBytes(16), cost);
    return false;
  }
  const expected = Buffer.from(key, "base64url");
  const actual = await derive(password, Buffer.from(salt, "base64url"), { log2N: Number(log2N), r: Number(r), p: Number(p), keyLength: expected.length });
  return timingSafeEqual(actual, expected);
};

/** Raises invalid that says what is wrong with a new password: too short, too long, too well known, or the person's own name or address. */
export const requireGoodPassword = (password: string, about: readonly string[] = []): void => {
  const reason = problemOfPassword(password, about);
  if (reason) throw new AppError("invalid", "identity.weak_password", reason, { invalidParams: [{ name: "password", reason }] });
};

const problemOfPassword = (password: string, about: readonly string[]): string | undefined => {
  const length = Array.from(password).length;
  if (length < minPasswordLength) return `Choose a password of at least ${minPasswordLength} characters; a sentence is fine.`;
  if (password.length > maxPasswordLength) return `A password has at most ${maxPasswordLength} characters.`;
  if (isCommonPassword(password, about)) return "This password is among the first that get tried. Choose another, for example four unrelated words.";
  return undefined;
};
