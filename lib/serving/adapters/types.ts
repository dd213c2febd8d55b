/** A version with what a runtime needs to load it. */
export type ServableVersion = {
  id: string;
  number: number;
  modelId: string;
  modelName: string;
  status: string;
  manifestDigest: string | null;
  files: { path: string; sha256: string; size: number }[];
  /** The file to serve, as the inspection found it. */
  mainPath: string | null;
  format: string | null;
  /** Flavours that its MLmodel file states; empty for models that MLflow did not make. */
  flavors: string[];
  /** Whether the MLmodel file lies where a scoring server looks for it. */
  isServableByMlflow: boolean;
  /** Whether its MLflow signature names columns of a data frame. */
  takesFrame: boolean;
  /** A scoring request that the model's author gave, as JSON. */
  example: string | null;
  signature: ServableSignature | null;
};

/** An input or output; only tensors have a shape, and only they cross the protocol. */
export type ServablePort = { name: string; kind?: string; datatype: string; shape: (number | null)[] | null; required?: boolean | undefined };
export type ServableSignature = { inputs: ServablePort[]; outputs: ServablePort[]; form?: "columns" | "tensors" | undefined };

export type ProbeResult = { state: "READY" | "LOADING" | "UNAVAILABLE"; reason?: string };

/** What Slipway asks of a serving runtime; every call is safe to repeat. */
export type RuntimeAdapter = {
  /** A server that answered and can't be reached any more is dead, not loading: nobody but its owner starts it again. */
  answersWhileItLives?: boolean;
  /** Starts loading, or reports what already is. Raises unavailable when the runtime can't be reached. */
  load: (version: ServableVersion, signal: AbortSignal) => Promise<ProbeResult>;
  unload: (versionId: string, signal: AbortSignal) => Promise<void>;
  probe: (versionId: string, signal: AbortSignal) => Promise<ProbeResult>;
  /** Sends one made-up row through the version and checks the shape of its answer; returns what is wrong, or null. */
  smoke: (version: ServableVersion, signal: AbortSignal) => Promise<string | null>;
};
