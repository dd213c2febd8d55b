import { AppError } from "@/lib/core/errors";

const maxPathBytes = 1_024;
const maxSegmentBytes = 255;

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** Says what is wrong with a path of an artifact, or undefined when it may be stored. */
export const findPathProblem = (path: string): string | undefined => {
  if (path === "") return "it is empty";
  if (utf8Length(path) > maxPathBytes) return `it is longer than ${maxPathBytes} bytes`;
  if (path.split("/").some((segment) => utf8Length(segment) > maxSegmentBytes)) return `a part of it is longer than ${maxSegmentBytes} bytes`;
  return spellings(path).map((spelling, index) => findTrick(spelling, Math.floor(index / 2))).find((problem) => problem !== undefined);
};

/**
 * Checks a path and returns it unchanged; raises invalid. Paths are relative, with `/` between parts, and must stay harmless
 * for whoever writes them to a disk later, also after one or more rounds of percent-decoding.
 */
export const checkArtifactPath = (path: string): string => {
  const problem = findPathProblem(path);
  if (problem !== undefined) throw new AppError("invalid", "artifact.bad_path", `The path "${path.slice(0, 120)}" can't be used: ${problem}. Use a relative path such as model/model.onnx.`, { invalidParams: [{ name: "path", reason: problem }] });
  return path;
};

/** Checks the path of a folder; the empty path is the root, one trailing slash is forgiven. */
export const checkFolderPath = (path: string): string => {
  const trimmed = path.endsWith("/") ? path.slice(0, -1) : path;
  return trimmed === "" ? "" : checkArtifactPath(trimmed);
};

/** `rounds`: how often the path was decoded. */
const findTrick = (path: string, rounds: number): string | undefined => {
  // Once decoded it names no file of ours, and MLflow 2 calls an image k%step%12%timestamp%1795…, of which %12 and %17 would be control characters.
  if (rounds === 0 ? /\p{Cc}/u.test(path) : rounds === 1 && path.includes("\0")) return "it holds a control character";
  if (path.includes("\\")) return "it holds a backslash";
  if (path.startsWith("/")) return "it is absolute";
  const parts = path.split("/");
  if (parts.some((part) => /^[a-z]:/i.test(part))) return "a part of it begins with a drive letter";
  if (parts.includes("..") || parts.includes(".")) return 'it holds ".." or "."';
  if (parts.includes("")) return "it has an empty part";
  return undefined;
};

/** The path as it is, as it reads after each round of percent-decoding (at most four), each followed by itself with look-alikes of its signs replaced. */
const spellings = (path: string): string[] => {
  const found = [path];
  for (let current = path; found.length < 5; ) {
    const decoded = decode(current);
    if (decoded === current) break;
    found.push(decoded);
    current = decoded;
  }
  return found.flatMap((spelling) => [spelling, plain(spelling)]);
};

/** Full-width and other forms of dots and slashes as the signs that a file system may take them for (Unicode NFKC, and slashes of mathematics). */
const plain = (text: string): string => text.normalize("NFKC").replace(/[\u2044\u2215\u29F8]/g, "/").replace(/[\u29F5\uFE68]/g, "\\");

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    // A lone percent sign is an ordinary character of a file name, but what stands beside it may still be read by others; so may ASCII in two bytes.
    return text
      .replace(/%(c[01])%([89ab][0-9a-f])/gi, (_, lead: string, rest: string) => String.fromCharCode(((parseInt(lead, 16) & 1) << 6) | (parseInt(rest, 16) & 0x3f)))
      .replace(/%([0-7][0-9a-f])/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  }
};
