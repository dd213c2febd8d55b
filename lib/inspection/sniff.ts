import { type ModelFormat } from "./schema";

/** What a file is by its first bytes: `format` for model formats, `label` for sentences, `isModel` where such a file is a model of its own. */
export type Sniffed = { format: ModelFormat; label: string; isModel: boolean };

export const sniffBytes = 64;

/** Bytes as text, one character a byte: magics are written so below. */
const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const magics: readonly (readonly [string, Sniffed])[] = [
  ["PK\x03\x04", { format: "zip", label: "a zip archive (PyTorch, Keras and others save models as zip)", isModel: true }],
  ["PK\x05\x06", { format: "zip", label: "an empty zip archive", isModel: true }],
  ["\x89HDF\r\n\x1a\n", { format: "hdf5", label: "an HDF5 file (Keras)", isModel: true }],
  ["GGUF", { format: "gguf", label: "a GGUF file", isModel: true }],
  ["CBM1", { format: "catboost", label: "a CatBoost model", isModel: true }],
  ["\x93NUMPY", { format: "numpy", label: "a NumPy array", isModel: false }],
  ["binf", { format: "xgboost", label: "an XGBoost model in its old binary format", isModel: true }],
  ["{L\x00\x00\x00\x00\x00\x00\x00\x07learner", { format: "xgboost", label: "an XGBoost model", isModel: true }],
  ["tree\nversion=", { format: "lightgbm", label: "a LightGBM model", isModel: true }],
  ["\x1f\x8b", { format: "unknown", label: "a gzip file (joblib pickles are often compressed so)", isModel: false }],
  ["BZh", { format: "unknown", label: "a bzip2 file", isModel: false }],
  ["\xfd7zXZ\x00", { format: "unknown", label: "an xz file", isModel: false }],
  ["7z\xbc\xaf\x27\x1c", { format: "unknown", label: "a 7z archive", isModel: false }],
  ["\x7fELF", { format: "unknown", label: "a native program", isModel: false }],
  ["MZ", { format: "unknown", label: "a Windows program", isModel: false }],
  ["%PDF", { format: "unknown", label: "a PDF document", isModel: false }],
  ["version https://git-lfs", { format: "unknown", label: "a Git LFS pointer instead of the file itself", isModel: false }],
];

/** Python pickles: protocol 2 and later begin with 0x80 and the number; protocols 0 and 1 with an opcode that pushes a class, list or dictionary. */
const isPickle = (head: Uint8Array, text: string): boolean => (head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5) || /^(c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n|\([dl]p\d|ccopy_reg\n|[\]}]q\x00)/.test(text);

const isSafetensors = (head: Uint8Array, size: number): boolean => {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && length <= 100_000_000n && length + 8n <= BigInt(size);
};

const byName: readonly (readonly [RegExp, Sniffed])[] = [
  [/\.(pkl|pickle|joblib|dill|cloudpickle)$/i, { format: "pickle", label: "a Python pickle", isModel: true }],
  [/(^|\/)saved_model\.pb$/, { format: "savedmodel", label: "a TensorFlow SavedModel", isModel: true }],
  [/\.keras$/i, { format: "keras", label: "a Keras model", isModel: true }],
  [/\.(pt|pth|ckpt|mar)$/i, { format: "torch", label: "a PyTorch file", isModel: true }],
  [/\.pmml$/i, { format: "pmml", label: "a PMML document", isModel: true }],
  [/\.(ubj|xgb)$/i, { format: "xgboost", label: "an XGBoost model", isModel: true }],
  [/\.cbm$/i, { format: "catboost", label: "a CatBoost model", isModel: true }],
];

const pickle: Sniffed = { format: "pickle", label: "a Python pickle", isModel: true };

/** Says what a file is from its first bytes (at least `sniffBytes` or all of them), then its name; undefined when neither tells. */
export const sniff = (path: string, head: Uint8Array, size: number): Sniffed | undefined => {
  const text = asText(head);
  const named = byName.find(([pattern]) => pattern.test(path))?.[1];
  const magic = magics.find(([prefix]) => text.startsWith(prefix))?.[1];
  if (isPickle(head, text)) return pickle;
  // A compressed or zipped file whose name says pickle or PyTorch is one: the container alone would say too little.
  if (magic && named && (magic.format === "zip" || magic.format === "unknown")) return named;
  if (magic) return magic;
  if (isSafetensors(head, size)) return { format: "safetensors", label: "a safetensors file", isModel: true };
  if (/^\s*\{"learner"/.test(text)) return { format: "xgboost", label: "an XGBoost model", isModel: true };
  return named;
};

/** Says what a file that is not a model looks like; for messages only. */
export const describeOther = (head: Uint8Array): string => {
  const text = asText(head).replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype html|html|head|body)/i.test(text)) return "an HTML page (a failed download?)";
  if (text.startsWith("<")) return "an XML or HTML document";
  if (/^[{[]\s*["{[\]}\d-]/.test(text)) return "a JSON document";
  return head.length > 0 && head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13) ? "a text file" : "an unknown binary file";
};
