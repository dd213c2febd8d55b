import { parseDocument } from "yaml";

/**
 * Parses YAML that somebody else wrote. Aliases are bounded, so that a small file can't grow into a large one, and nesting
 * too. Raises the parser's error, or RangeError.
 */
export const parseYaml = (text: string): unknown => {
  if (nestsTooDeep(text)) throw new RangeError("It nests too deep.");
  // As PyYAML does, a key given twice counts as its last value; looking for doubles would take quadratic time.
  const parsed = parseDocument(text, { uniqueKeys: false, schema: "core", logLevel: "silent" });
  const [fault] = parsed.errors;
  if (fault) throw fault;
  return parsed.toJS({ maxAliasCount: 16 });
};

/** Finds nesting that no such file has and that would cost the YAML parser quadratic time. */
const nestsTooDeep = (text: string): boolean => {
  if (/^[ \t]*(?:[-?:][ \t]+){33}/m.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === "[" || bracket === "{" ? 1 : -1));
    if (depth > 500) return true;
  }
  return false;
};
