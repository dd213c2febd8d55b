import type { ManifestFile } from "./manifest";

export type Sized = { size: bigint };

/** A file as a raw query gives it. */
export type StoredFile = Omit<ManifestFile, "size"> & Sized;

export const withNumber = <T extends Sized>(row: T): Omit<T, "size"> & { size: number } => ({ ...row, size: Number(row.size) });

/** Files as JSON for jsonb_to_recordset. */
export const entriesOf = (files: readonly ManifestFile[]): string => JSON.stringify(files.map(({ path, sha256, size, mediaType }) => ({ path, sha256, size, media_type: mediaType })));
