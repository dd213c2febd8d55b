import { type AppError } from "./errors";
import { isQuotedText, mistake, type Token, tokenize, unquote } from "./search-tokens";

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" | "ILIKE" | "IN" | "NOT IN" | "IS NULL" | "IS NOT NULL";
type Identifier = { entity: string | undefined; key: string };
type Place = { at: number; length: number };

/** One comparison of a search filter: `metrics.accuracy > 0.9`. `entity` is what stands before the first dot, if anything. */
export type Clause = Identifier & {
  kind: "clause";
  comparator: Comparator;
  value: string | number | string[] | null;
  /** The identifier as written. */
  text: string;
  /** The filter that it stands in, and where its parts stand there. */
  source: string;
  places: Record<"identifier" | "comparator" | "value", Place>;
};
export type Filter = Clause | { kind: "and" | "or"; parts: Filter[] };
export type OrderClause = Identifier & { isAscending: boolean; text: string };

/** What a filter may hold at most; beyond it, whoever wrote it wants something else. */
export const filterLimits = { characters: 100_000, clauses: 200, depth: 32, listValues: 5_000 } as const;

/** A mistake in a part of a comparison, shown in the filter. */
export const clauseMistake = ({ source, places }: Clause, part: keyof Clause["places"], message: string): AppError => mistake(source, places[part].at, places[part].length, message);

const splitIdentifier = (text: string): Identifier => {
  const dot = /^"/.test(text) ? -1 : text.indexOf(".", text.startsWith("`") ? text.indexOf("`", 1) : 0);
  return dot < 0 ? { entity: undefined, key: unquote(text) } : { entity: unquote(text.slice(0, dot)), key: unquote(text.slice(dot + 1)) };
};

const comparators: readonly string[] = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE"] satisfies Comparator[];
const isComparator = (text: string): text is Comparator => comparators.includes(text);
const reserved: readonly string[] = ["AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE", "NULL", "BETWEEN", "RLIKE"];
const placeOf = ({ at, text }: Token): Place => ({ at, length: text.length });

/** Reads one filter from left to right; AND binds tighter than OR. */
class Parser {
  private position = 0;
  private clauses = 0;
  private readonly tokens: Token[];

  constructor(private readonly source: string) {
    this.tokens = tokenize(source);
  }

  parse(): Filter {
    if (this.tokens.length === 0) throw mistake(this.source, 0, 1, "Invalid filter: it holds nothing but spaces");
    const filter = this.takeAlternatives(0);
    const left = this.tokens[this.position];
    if (left) throw this.unexpected(left, left.text === ")" ? "there is no '(' that this ')' closes" : "comparisons are joined by AND or OR");
    return filter;
  }

  private takeAlternatives(depth: number): Filter {
    const parts = [this.takeConjunction(depth)];
    while (this.takeWord("OR")) parts.push(this.takeConjunction(depth));
    return join("or", parts);
  }

  private takeConjunction(depth: number): Filter {
    const parts = [this.takeTerm(depth)];
    while (this.takeWord("AND")) parts.push(this.takeTerm(depth));
    return join("and", parts);
  }

  private takeTerm(depth: number): Filter {
    const start = this.take("a comparison");
    if (start.text !== "(") return this.takeClause(start);
    if (depth === filterLimits.depth) throw this.unexpected(start, `a filter nests at most ${filterLimits.depth} parentheses`);
    const inner = this.takeAlternatives(depth + 1);
    const close = this.take("AND, OR or ')'");
    if (close.text !== ")") throw this.unexpected(close, "expected AND, OR or ')'");
    return inner;
  }

  private takeClause(start: Token): Clause {
    if (start.kind !== "word" || reserved.includes(start.text.toUpperCase())) throw this.unexpected(start, "expected a comparison such as metrics.accuracy > 0.9");
    this.clauses += 1;
    if (this.clauses > filterLimits.clauses) throw this.unexpected(start, `a filter holds at most ${filterLimits.clauses} comparisons`);
    const base = { kind: "clause" as const, ...splitIdentifier(start.text), text: start.text, source: this.source };
    const { comparator, place } = this.takeComparator();
    const places = (value: Place): Clause["places"] => ({ identifier: placeOf(start), comparator: place, value });
    if (comparator === "IS NULL" || comparator === "IS NOT NULL") return { ...base, comparator, value: null, places: places(place) };
    if (comparator === "IN" || comparator === "NOT IN") {
      const from = this.tokens[this.position]?.at ?? this.source.length;
      const value = this.takeList();
      return { ...base, comparator, value, places: places({ at: from, length: (this.tokens[this.position - 1]?.at ?? from) + 1 - from }) };
    }
    const token = this.take("a value");
    if (token.kind !== "number" && !isQuotedText(token)) throw this.unexpected(token, "expected a text in quotes or a number");
    return { ...base, comparator, value: token.kind === "number" ? Number(token.text) : unquote(token.text), places: places(placeOf(token)) };
  }

  private takeComparator(): { comparator: Comparator; place: Place } {
    const first = this.take("a comparison operator");
    const found = (comparator: Comparator, last = first) => ({ comparator, place: { at: first.at, length: last.at + last.text.length - first.at } });
    const name = first.text.toUpperCase();
    if (name === "IN") return found("IN");
    if (name === "NOT") return found("NOT IN", this.takeKeyword("IN"));
    if (name === "IS") {
      const isNegated = this.takeWord("NOT");
      return found(isNegated ? "IS NOT NULL" : "IS NULL", this.takeKeyword("NULL"));
    }
    if (isComparator(name)) return found(name);
    throw this.unexpected(first, `expected one of ${comparators.join(", ")}, IN, NOT IN, IS NULL, IS NOT NULL`);
  }

  private takeList(): string[] {
    const open = this.take("a list in parentheses");
    if (open.text !== "(") throw this.unexpected(open, "expected '(' after IN");
    const values: string[] = [];
    for (;;) {
      const token = this.take("a text in quotes");
      if (!isQuotedText(token)) throw this.unexpected(token, token.text === ")" ? "the list holds no value here" : "the values of IN are texts in quotes");
      if (values.length === filterLimits.listValues) throw this.unexpected(token, `a list holds at most ${filterLimits.listValues} values`);
      values.push(unquote(token.text));
      const next = this.take("',' or ')'");
      if (next.text === ")") return values;
      if (next.text !== ",") throw this.unexpected(next, "expected ',' or ')'");
    }
  }

  private take(expected: string): Token {
    const token = this.tokens[this.position];
    if (!token) throw mistake(this.source, this.source.trimEnd().length, 1, `Invalid clause(s) in filter string: it ends where ${expected} was expected`);
    this.position += 1;
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== "word" || token.text.toUpperCase() !== word) return false;
    this.position += 1;
    return true;
  }

  private takeKeyword(word: string): Token {
    const token = this.take(word);
    if (token.kind !== "word" || token.text.toUpperCase() !== word) throw this.unexpected(token, `expected ${word}`);
    return token;
  }

  private unexpected(token: Token, expectation: string): AppError {
    return mistake(this.source, token.at, token.text.length, `Invalid clause(s) in filter string: '${token.text.slice(0, 60)}': ${expectation}`);
  }
}

const join = (kind: "and" | "or", parts: readonly Filter[]): Filter => {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
};

/**
 * Parses MLflow's search filter (keys with spaces in backticks or double quotes, texts in single or double quotes) and more: OR,
 * parentheses, IN, IS NULL. Undefined for no filter. Raises invalid that shows where it is wrong.
 */
export const parseFilter = (filter: string | undefined): Filter | undefined => {
  if (filter === undefined || filter === "") return undefined;
  if (filter.length > filterLimits.characters) throw mistake(filter, filterLimits.characters, 1, `Invalid filter: it has ${filter.length} characters, at most ${filterLimits.characters} are allowed`);
  return new Parser(filter).parse();
};

/** The filter that is met where all of these are. */
export const allOf = (...filters: readonly (Filter | undefined)[]): Filter | undefined => {
  const given = filters.filter((filter) => filter !== undefined);
  return given.length === 0 ? undefined : join("and", given);
};

/** All comparisons of a filter, from left to right. */
export const clausesOf = (filter: Filter | undefined): Clause[] => {
  if (!filter) return [];
  return filter.kind === "clause" ? [filter] : filter.parts.flatMap(clausesOf);
};

/** Comparisons that every match fulfils: those joined by AND at the top. */
export const requiredClauses = (filter: Filter | undefined): Clause[] => {
  if (!filter || filter.kind === "or") return [];
  return filter.kind === "clause" ? [filter] : filter.parts.filter((part) => part.kind === "clause");
};

/** Parses entries of order_by: `metrics.accuracy DESC`; ascending unless said otherwise. */
export const parseOrder = (entries: readonly string[]): OrderClause[] =>
  entries.map((entry) => {
    const [name, direction, more] = tokenize(entry, "search.bad_order");
    const wrong = (token: Token | undefined, message: string): AppError => mistake(entry, token?.at ?? 0, token?.text.length ?? 1, `Invalid order_by clause '${entry.slice(0, 200)}': ${message}`, "search.bad_order");
    if (name?.kind !== "word") throw wrong(name, "expected the name of a field");
    if (direction && !/^(asc|desc)$/i.test(direction.text)) throw wrong(direction, "expected ASC or DESC; a key with spaces is put into backticks");
    if (more) throw wrong(more, "an entry is one field with ASC or DESC");
    return { ...splitIdentifier(name.text), isAscending: direction?.text.toLowerCase() !== "desc", text: name.text };
  });
