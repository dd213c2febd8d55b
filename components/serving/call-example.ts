import type { StoredSignature } from "@/lib/registry";

/** Largest request that is written out in full; beyond it the reader fills in the numbers. */
const maxValues = 128;

const sampleValue = (datatype: string): string | number | boolean => (datatype === "BYTES" ? "text" : datatype === "BOOL" ? false : 0);

/** A request body that the model accepts in form: zeros in every input, one row. Open dimensions count as one. */
export const sampleBody = (signature: StoredSignature | null): string => {
  const inputs = (signature?.inputs ?? []).map(({ name, kind, datatype, shape }) => {
    // Lists, maps and objects travel as JSON text, one a row.
    if (kind !== "tensor") return { name, datatype: "BYTES", shape: [1], data: ["[]"] };
    const sizes = (shape ?? [1]).map((size) => (typeof size === "number" && size > 0 ? size : 1));
    const count = sizes.reduce((product, size) => product * size, 1);
    return { name, datatype, shape: sizes, data: count > maxValues ? [] : Array.from({ length: count }, () => sampleValue(datatype)) };
  });
  return JSON.stringify({ inputs: inputs.length > 0 ? inputs : [{ name: "input", datatype: "FP32", shape: [1, 1], data: [0] }] });
};

export type CallTarget = { url: string; isAnonymous: boolean; signature: StoredSignature | null };

export const curlExample = ({ url, isAnonymous, signature }: CallTarget): string =>
  [`curl ${url} \\`, ...(isAnonymous ? [] : [`  -H "authorization: Bearer $SLIPWAY_TOKEN" \\`]), `  -H "content-type: application/json" \\`, `  -d '${sampleBody(signature)}'`].join("\n");

/** Python's own library alone, so that it runs where it is pasted. */
export const pythonExample = ({ url, isAnonymous, signature }: CallTarget): string =>
  `import json
${isAnonymous ? "" : "import os\n"}import urllib.request

body = json.loads('${sampleBody(signature)}')
request = urllib.request.Request(
    "${url}",
    data=json.dumps(body).encode(),
    headers={"content-type": "application/json"${isAnonymous ? "" : ', "authorization": "Bearer " + os.environ["SLIPWAY_TOKEN"]'}},
)
with urllib.request.urlopen(request, timeout=10) as response:
    print(json.load(response)["outputs"])`;
