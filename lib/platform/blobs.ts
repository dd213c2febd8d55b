import type { Readable } from "node:stream";

export type StoredBlob = { sha256: string; size: number };

/** Content-addressed bytes. Every method raises unavailable or disk_full with what to do when the store can't serve. */
export type BlobStore = {
  /** Streams `source` in while hashing; raises too_large beyond `maxBytes` and invalid when the digest is not the expected one, and leaves nothing behind on failure. */
  put: (source: AsyncIterable<Uint8Array>, options: { maxBytes: number; expectedSha256?: string | undefined }) => Promise<StoredBlob>;
  /** Opens a byte range [start, end]; raises not_found. */
  open: (sha256: string, range?: { start: number; end?: number }) => Promise<Readable>;
  /** Reads at most `length` bytes from `offset`. */
  read: (sha256: string, offset: number, length: number) => Promise<Uint8Array>;
  size: (sha256: string) => Promise<number | undefined>;
  list: () => AsyncIterable<StoredBlob>;
};
