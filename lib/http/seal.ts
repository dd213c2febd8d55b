import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

import { deriveKey } from "@/lib/platform/keys";

/** Encrypts text for storage with the installation's envelope key (AES-256-GCM): stored answers may hold a secret shown once. */
export const sealText = (secretKey: Buffer, text: string): string => {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secretKey, "envelope"), iv);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
};

/** Reverses sealText; throws when the text was altered or sealed with another key. */
export const openSealedText = (secretKey: Buffer, sealed: string): string => {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(secretKey, "envelope"), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
};
