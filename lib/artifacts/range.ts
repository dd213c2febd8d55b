import { AppError } from "@/lib/core/errors";

/** One byte range as a client asked for it: from `start` (to `end`, included), or the last `suffix` bytes. */
export type ByteRange = { start: number; end: number | undefined } | { suffix: number };

/** Parses a Range header (RFC 9110, 14.2). Several ranges, other units and malformed ones are ignored, as the RFC allows. */
export const parseRange = (header: string | null): ByteRange | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") return { suffix: Number(match[2]) };
  return { start: Number(match[1]), end: match[2] === "" ? undefined : Number(match[2]) };
};

/** Fits a range into a file of `size` bytes; raises invalid when nothing of it lies inside. */
export const resolveRange = (range: ByteRange, size: number): { start: number; end: number } => {
  const start = "suffix" in range ? Math.max(0, size - range.suffix) : range.start;
  const end = "suffix" in range ? size - 1 : Math.min(range.end ?? size - 1, size - 1);
  const isEmpty = start > end || start >= size || ("suffix" in range && range.suffix === 0);
  if (isEmpty) throw new AppError("invalid", "artifact.range_outside", `The file has ${size} bytes: no byte of the asked range lies inside.`, { details: { size } });
  return { start, end };
};
