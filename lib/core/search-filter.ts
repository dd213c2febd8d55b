import { AppError } from "./errors";

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" | "ILIKE" | "IN" | "NOT IN";
/** One comparison of a search filter: `metrics.accuracy > 0.9`. `entity` is what stands before the first dot, if anything. */
export type Clause = { entity: string | undefined; key: string; comparator: Comparator; value: string | number | string[]; text: string };
export type OrderClause = { entity: string | undefined; key: string; isAscending: boolean };

type Token = { kind: "word" | "string" | "number" | "operator" | "punctuation"; text: string; at: number };

const fail = (message: string): never => {
  throw new AppError("invalid", "mlflow.bad_filter", message);
};

const patterns: [Token["kind"], RegExp][] = [
  ["operator", /(<>|==|<=|>=|!=|=|<|>)/y],
  ["punctuation", /[(),]/y],
  ["string", /'[^']*'/y],
  ["number", /[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?(?=[\s,)]|$)/iy],
  ["word", /([^\s=!<>(),'"`]|"[^"]*"|`[^`]*`)+/y],
];

const tokenize = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const found = patterns.map(([kind, pattern]) => ({ kind, match: matchAt(pattern, text, at) })).find(({ match }) => match !== undefined);
    if (found?.match === undefined) return fail(`Invalid clause(s) in filter string: '${text.slice(at, at + 60)}' (at character ${at + 1}; a quote may be missing).`);
    tokens.push({ kind: found.kind, text: found.match, at });
    at += found.match.length;
  }
  return tokens;
};

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const unquote = (text: string): string => (/^(".*"|`.*`|'.*')$/s.test(text) ? text.slice(1, -1) : text);

const splitIdentifier = (text: string): { entity: string | undefined; key: string } => {
  const dot = /^["`]/.test(text) ? -1 : text.indexOf(".");
  return dot < 0 ? { entity: undefined, key: unquote(text) } : { entity: text.slice(0, dot).trim(), key: unquote(text.slice(dot + 1).trim()) };
};

const isComparator = (text: string): text is Comparator => ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE"].includes(text);

/**
 * Parses MLflow's search filter: comparisons joined by AND; keys with spaces in backticks or double quotes, text in single (or
 * double) quotes. Raises invalid that says where it is wrong.
 */
export const parseFilter = (filter: string | undefined): Clause[] => {
  if (filter === undefined || filter === "") return [];
  const tokens = tokenize(filter);
  if (tokens.length === 0) fail("Invalid filter: it holds nothing but spaces.");
  let position = 0;
  const peek = (): Token | undefined => tokens[position];
  const take = (expected: string): Token => {
    const token = tokens[position];
    if (!token) return fail(`Invalid clause(s) in filter string: '${filter}' ends where ${expected} was expected.`);
    position += 1;
    return token;
  };
  const at = (token: Token): string => `(at character ${token.at + 1})`;

  const takeList = (): string[] => {
    const open = take("a list in parentheses");
    if (open.text !== "(") fail(`Invalid clause(s) in filter string: expected '(' after IN, found '${open.text}' ${at(open)}.`);
    const values: string[] = [];
    for (;;) {
      const token = take("a value of the list");
      if (token.kind !== "string" && !(token.kind === "word" && /^".*"$/.test(token.text))) fail(`Invalid clause(s) in filter string: the values of IN are quoted texts, found '${token.text}' ${at(token)}.`);
      values.push(unquote(token.text));
      const next = take("',' or ')'");
      if (next.text === ")") return values;
      if (next.text !== ",") fail(`Invalid clause(s) in filter string: expected ',' or ')', found '${next.text}' ${at(next)}.`);
    }
  };

  const takeClause = (): Clause => {
    const start = take("a comparison");
    if (start.kind !== "word") fail(`Invalid clause(s) in filter string: '${start.text}' ${at(start)}.`);
    const identifier = splitIdentifier(start.text);
    const operator = take("a comparison operator");
    let name = operator.text.toUpperCase();
    if (name === "NOT" && peek()?.text.toUpperCase() === "IN") {
      position += 1;
      name = "NOT IN";
    }
    if (name === "IN" || name === "NOT IN") return { ...identifier, comparator: name, value: takeList(), text: start.text };
    if (!isComparator(name)) return fail(`Invalid clause(s) in filter string: '${operator.text}' is not a comparison operator ${at(operator)}.`);
    const value = take("a value");
    if (value.kind === "number") return { ...identifier, comparator: name, value: Number(value.text), text: start.text };
    if (value.kind === "string" || (value.kind === "word" && /^".*"$/s.test(value.text))) return { ...identifier, comparator: name, value: unquote(value.text), text: start.text };
    return fail(`Invalid clause(s) in filter string: expected a quoted text or a number, found '${value.text}' ${at(value)}.`);
  };

  const clauses = [takeClause()];
  while (position < tokens.length) {
    const joint = take("AND");
    if (joint.text.toUpperCase() !== "AND") fail(`Invalid clause(s) in filter string: '${joint.text}' ${at(joint)}. Comparisons are joined by AND.`);
    clauses.push(takeClause());
  }
  return clauses;
};

/** Parses entries of order_by: `metrics.accuracy DESC`; ascending unless said otherwise. */
export const parseOrder = (entries: readonly string[]): OrderClause[] => {
  const seen = new Set<string>();
  return entries.map((entry) => {
    const match = /^\s*(.+?)(?:\s+(asc|desc))?\s*$/i.exec(entry);
    if (!match?.[1]) return fail(`Invalid order_by clause: '${entry}'.`);
    const identifier = splitIdentifier(match[1]);
    const name = `${identifier.entity ?? ""}.${identifier.key}`;
    if (seen.has(name)) fail(`\`order_by\` contains duplicate fields: '${match[1]}'.`);
    seen.add(name);
    return { ...identifier, isAscending: match[2]?.toLowerCase() !== "desc" };
  });
};
