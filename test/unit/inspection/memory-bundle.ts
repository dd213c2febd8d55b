import { inspectFiles } from "@/lib/inspection/inspect";
import { defaultLimits, type Limits } from "@/lib/inspection/limits";
import { type InspectionResult, inspectionResultSchema } from "@/lib/inspection";

export type Reads = { count: number; bytes: number };

/** Inspects files held in memory, counting what is read; the result is checked against its schema. */
export const inspectMemory = async (contents: Readonly<Record<string, Uint8Array | string>>, limits: Limits = defaultLimits, reads: Reads = { count: 0, bytes: 0 }): Promise<InspectionResult> => {
  const files = new Map(Object.entries(contents).map(([path, content]) => [path, typeof content === "string" ? new TextEncoder().encode(content) : content]));
  const result = await inspectFiles(
    [...files].map(([path, content]) => ({ path, size: content.length, sha256: "0".repeat(64) })),
    (path) => ({
      read: (offset, length) => {
        const content = files.get(path);
        if (!content || offset < 0 || offset + length > content.length) throw new RangeError(`read of ${length} at ${offset} of ${path}`);
        reads.count++;
        reads.bytes += length;
        return Promise.resolve(content.slice(offset, offset + length));
      },
    }),
    limits,
  );
  return inspectionResultSchema.parse(result);
};

export const codesOf = (result: InspectionResult): string[] => result.findings.map((finding) => finding.code);
