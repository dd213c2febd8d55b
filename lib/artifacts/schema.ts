import { z } from "zod";

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 as 64 lower-case hexadecimal digits");

export const uploadedBlobSchema = z.object({ sha256: sha256Schema, size: z.number().int().min(0) });
export type UploadedBlob = z.infer<typeof uploadedBlobSchema>;

/** A file of a frozen version. */
export const manifestFileSchema = z.object({ path: z.string(), sha256: sha256Schema, size: z.number().int(), mediaType: z.string() });
