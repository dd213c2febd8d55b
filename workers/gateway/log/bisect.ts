import { splitTuples, tupleKey } from "./copy-binary";

/** Rows of inference.call and inference.body as tuples of a binary COPY. */
export type Tuples = { calls: Buffer; bodies: Buffer };
export type Kept = Tuples & { lostBodies: number };

const empty = Buffer.alloc(0);
const maxProbes = 400;

/** Returns the tuples that `takes` accepts, by halving what it refuses; beyond a bound of probes the rest counts as refused. */
const keepGood = async (tuples: Buffer[], takes: (part: Buffer) => Promise<boolean>): Promise<Buffer[]> => {
  let probes = 0;
  const search = async (part: Buffer[]): Promise<Buffer[]> => {
    if (part.length === 0 || probes >= maxProbes) return [];
    probes += 1;
    if (await takes(Buffer.concat(part))) return part;
    if (part.length === 1) return [];
    const middle = part.length >> 1;
    return [...(await search(part.slice(0, middle))), ...(await search(part.slice(middle)))];
  };
  return search(tuples);
};

/** The first three fields, (at, prediction_id, arm), are the key of both tables and are written alike. */
const keyOf = (tuple: Buffer): string => tupleKey(tuple, 3);

/** A call's last field is `has_body`, one byte. */
const withoutBody = (call: Buffer): Buffer => {
  const copy = Buffer.from(call);
  copy[copy.length - 1] = 0;
  return copy;
};

/** Finds the rows that Postgres takes, so that one bad row does not cost a batch. `takes` must store nothing. */
export const bisect = async ({ calls, bodies }: Tuples, takes: (part: Tuples) => Promise<boolean>): Promise<Kept> => {
  const goodCalls = await keepGood(splitTuples(calls), (part) => takes({ calls: part, bodies: empty }));
  const callKeys = new Set(goodCalls.map(keyOf));
  const allBodies = splitTuples(bodies);
  const goodBodies = await keepGood(
    allBodies.filter((body) => callKeys.has(keyOf(body))),
    (part) => takes({ calls: empty, bodies: part }),
  );
  const bodyKeys = new Set(goodBodies.map(keyOf));
  const lost = new Set(allBodies.map(keyOf).filter((key) => !bodyKeys.has(key)));
  const marked = goodCalls.map((call) => (lost.has(keyOf(call)) ? withoutBody(call) : call));
  return { calls: Buffer.concat(marked), bodies: Buffer.concat(goodBodies), lostBodies: lost.size };
};
