import { AppError } from "@/lib/core/errors";
import { sha256Hex } from "@/lib/platform/keys";

export type ManifestFile = { path: string; sha256: string; size: number; mediaType: string };

const byPath = (a: ManifestFile, b: ManifestFile): number => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));

/** Sorts files by the bytes of their path; raises invalid when a path occurs twice or is a folder of another. */
export const sortFiles = (files: readonly ManifestFile[]): ManifestFile[] => {
  const sorted = [...files].sort(byPath);
  const paths = new Set<string>();
  for (const { path } of sorted) {
    if (paths.has(path)) throw new AppError("invalid", "manifest.duplicate_path", `The path "${path}" occurs twice. Each file of a version needs its own path.`);
    paths.add(path);
  }
  for (const { path } of sorted) {
    const folders = path.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"));
    const clash = folders.find((folder) => paths.has(folder));
    if (clash !== undefined) throw new AppError("invalid", "manifest.path_clash", `"${clash}" is a file and also the folder of "${path}". Rename one of them.`);
  }
  return sorted;
};

/**
 * Returns the manifest digest: SHA-256, in lower-case hexadecimal, over one line a file, sorted by the bytes of the path:
 * path, tab, size in bytes, tab, SHA-256 of the content, line feed. Paths hold no control characters, so lines are unambiguous.
 */
export const manifestDigest = (files: readonly ManifestFile[]): string => sha256Hex(sortFiles(files).map(({ path, size, sha256 }) => `${path}\t${size}\t${sha256}\n`).join(""));
