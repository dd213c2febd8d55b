const maxPathLength = 1_024;

/** Tells why a path written by somebody else can't be followed inside a bundle, or returns undefined when it can. */
export const pathFault = (path: string): string | undefined => {
  if (path === "") return "is empty";
  if (path.length > maxPathLength) return `is longer than ${maxPathLength} characters`;
  if (path.includes("\0")) return "contains a NUL character";
  if (path.includes("\\")) return "contains a backslash";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute";
  if (path.split("/").includes("..")) return "leads out of its folder with `..`";
  return undefined;
};

/** Joins a path to the folder of `file` and drops `.` segments; to be used after pathFault has found nothing. */
export const resolveBeside = (file: string, path: string): string => [...file.split("/").slice(0, -1), ...path.split("/")].filter((segment) => segment !== "" && segment !== ".").join("/");

/** Shortens a text of a file for a message and makes control characters visible. */
export const quote = (text: string): string => {
  const shown = text.length > 120 ? `${text.slice(0, 117)}…` : text;
  return JSON.stringify(shown);
};
