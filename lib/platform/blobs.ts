import type { Readable } from "node:stream";

export type StoredBlob = { sha256: string; size: number };
export type ListedBlob = StoredBlob & { modifiedAt: Date };

export type PutOptions = { maxBytes: number; expectedSha256?: string | undefined };

/**
 * Content-addressed bytes. Every method raises unavailable or disk_full with what to do when the store can't serve. Where
 * `direct` exists, bytes may also have a provisional name until they are hashed; `open`, `read`, `size` and `remove` take it too.
 */
export type BlobStore = {
  /** Says whether the store can be read and written: raises unavailable with one sentence that says what to do. */
  check: () => Promise<void>;
  /**
   * Streams `source` in while hashing; raises too_large beyond `maxBytes` and invalid when the digest is not the expected one,
   * and leaves nothing behind on failure. Bytes that are there already become young again, so that `remove` spares them.
   */
  put: (source: AsyncIterable<Uint8Array>, options: PutOptions) => Promise<StoredBlob>;
  /** Opens a byte range [start, end]; raises not_found. */
  open: (sha256: string, range?: { start: number; end?: number }) => Promise<Readable>;
  /** Reads at most `length` bytes from `offset`. */
  read: (sha256: string, offset: number, length: number) => Promise<Uint8Array>;
  size: (sha256: string) => Promise<number | undefined>;
  /** Everything stored under a digest, in the order of digests, from the one that follows `after`. */
  list: (after?: string) => AsyncIterable<ListedBlob>;
  /** Removes bytes unless they were put at or after `since`; false when those spared them. Bytes that are not there count as removed. */
  remove: (sha256: string, since: Date) => Promise<boolean>;
  /** Removes what uploads that died before `before` left behind; returns how much it was. */
  sweep: (before: Date) => Promise<number>;
  /** Transfers between clients and the store that pass this server by; undefined where the store can't. */
  direct: DirectTransfers | undefined;
};

export type SignedPart = { partNumber: number; url: string };
export type SentPart = { partNumber: number; etag: string };

/** Uploads in parts and downloads by presigned addresses. `name` is the provisional name of an upload. */
export type DirectTransfers = {
  begin: (name: string) => Promise<string>;
  signParts: (name: string, uploadId: string, count: number) => Promise<SignedPart[]>;
  /** Bytes and number of the parts that have arrived; undefined when the store knows no such upload (any more). */
  measure: (name: string, uploadId: string) => Promise<{ bytes: number; parts: number } | undefined>;
  /** Joins the parts, all or nothing; raises invalid when a part is missing or changed. */
  finish: (name: string, uploadId: string, parts: readonly SentPart[]) => Promise<void>;
  /** Forgets an upload and its parts; one that is gone already is fine. */
  abort: (name: string, uploadId: string) => Promise<void>;
  /** Reads bytes once to hash them and gives them their place under their digest; the provisional name stays readable. */
  adopt: (name: string) => Promise<StoredBlob>;
  /** Address at which a client reads bytes for the next hour, whole or by range. */
  signDownload: (sha256: string, fileName: string) => Promise<string>;
};
