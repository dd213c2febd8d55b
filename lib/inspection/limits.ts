/** Bounds on the work that an untrusted file can ask for. A file beyond one is refused; none of them is near what real models need. */
export const defaultLimits = {
  maxFiles: 10_000,
  /** Files whose first bytes are looked at; the rest are taken by name. */
  maxSniffedFiles: 1_000,
  maxModelFiles: 16,
  /** A protobuf message can't be larger than 2 GiB; larger models keep their weights in external data. */
  maxModelBytes: 2 ** 31 - 1,
  /** Fields of all messages, skipped ones included. */
  maxFields: 5_000_000,
  /** Bytes fetched through ranged reads; skipped weights are not fetched. */
  maxReadBytes: 512 * 2 ** 20,
  /** Graphs within graphs, and types within types. */
  maxDepth: 24,
  maxNodes: 1_000_000,
  maxTensors: 500_000,
  maxPorts: 4_096,
  maxRank: 32,
  maxOperators: 2_000,
  maxOpsets: 256,
  maxFunctions: 10_000,
  maxNameBytes: 1_024,
  maxTextBytes: 4_096,
  maxMetadataEntries: 200,
  maxMetadataBytes: 64 * 1024,
  maxExternalEntries: 100_000,
  maxMlmodelBytes: 2 ** 20,
  maxSignatureFields: 20_000,
  maxFindings: 200,
} as const;

export type Limits = { readonly [K in keyof typeof defaultLimits]: number };
