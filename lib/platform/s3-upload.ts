import type { SentPart } from "./blobs";
import type { S3 } from "./s3-client";

const usualPartBytes = 8 << 20;
const largestPartBytes = 64 << 20;
const maxParts = 10_000;
const inFlight = 3;

/** Size of the parts of an upload of at most `maxBytes`: 8 MiB, or more when 10,000 of them would not do. */
export const partBytesFor = (maxBytes: number): number => Math.min(largestPartBytes, Math.max(usualPartBytes, Math.ceil(maxBytes / maxParts)));

/** Cuts a stream into parts of exactly `partBytes` (the last may be smaller), after `note` has seen each chunk. */
export async function* cutIntoParts(source: AsyncIterable<Uint8Array>, partBytes: number, note: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of source) {
    note(chunk);
    let rest = chunk;
    while (held + rest.byteLength >= partBytes) {
      const missing = partBytes - held;
      yield Buffer.concat([...waiting, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      waiting = [];
      held = 0;
    }
    if (rest.byteLength > 0) waiting.push(rest);
    held += rest.byteLength;
  }
  if (held > 0) yield Buffer.concat(waiting);
}

export type PartUpload = {
  /** Sends a part; waits while three are on their way, so that memory holds no more than those. */
  add: (part: Uint8Array) => Promise<void>;
  finish: () => Promise<void>;
  /** Forgets everything that was sent, after `reason`. */
  discard: (reason: unknown) => Promise<void>;
};

/** Begins an upload in parts. */
export const openPartUpload = async (s3: S3, key: string): Promise<PartUpload> => {
  const uploadId = await s3.begin(key);
  const sent: SentPart[] = [];
  const running = new Set<Promise<void>>();
  let next = 1;
  let failure: { error: unknown } | undefined;
  let isFinished = false;
  const send = (part: Uint8Array): void => {
    const work: Promise<void> = s3
      .putPart(key, uploadId, next, part)
      .then((done) => void sent.push(done))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => running.delete(work));
    running.add(work);
    next += 1;
  };
  const raiseFailure = (): void => {
    if (failure) throw failure.error;
  };
  return {
    add: async (part) => {
      while (running.size >= inFlight) await Promise.race(running);
      raiseFailure();
      send(part);
    },
    finish: async () => {
      await Promise.all(running);
      raiseFailure();
      await s3.complete(key, uploadId, sent.toSorted((a, b) => a.partNumber - b.partNumber));
      isFinished = true;
    },
    discard: async (reason) => {
      await Promise.all(running);
      if (isFinished) return;
      await s3.abort(key, uploadId).catch((cause: unknown) => {
        throw new AggregateError([reason, cause], "an upload failed, and so did removing what it left");
      });
    },
  };
};
