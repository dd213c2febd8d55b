import { type Bytes, bytes, externalTensor, float, int, join, message, model, opset, port, rawTensor, tensorType, text } from "./onnx-writer";

/** Small ONNX models, built by hand, that ONNX Runtime really runs. */

const elementTypes = { FP32: 1, INT32: 6, INT64: 7, BYTES: 8, BOOL: 9, FP64: 11 } as const;

export const op = (type: string, inputs: readonly string[], outputs: readonly string[], attributes: readonly Bytes[] = [], domain = ""): Bytes =>
  message(1, ...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, type), ...attributes.map((attribute) => bytes(5, attribute)), ...(domain ? [text(7, domain)] : []));

const floats = (values: readonly number[]): Bytes => new Uint8Array(Float32Array.from(values).buffer);
const input = (name: string, type: keyof typeof elementTypes, dims: Parameters<typeof tensorType>[1]): Bytes => port(11, name, tensorType(elementTypes[type], dims));
const output = (name: string, type: keyof typeof elementTypes, dims: Parameters<typeof tensorType>[1]): Bytes => port(12, name, tensorType(elementTypes[type], dims));

/** Row-major weights [3, 2] and bias [2] of the linear models. */
export const linearWeights = [1, 2, 3, 4, 5, 6];
export const linearBias = [0.5, -0.5];
export const linear = (x: readonly number[]): number[] => linearBias.map((bias, column) => x.reduce((sum, value, row) => sum + value * (linearWeights[row * 2 + column] ?? NaN), bias));

/** y = x W + b for rows x [N, 3]. */
export const linearModel = (): Bytes =>
  model({
    nodes: [op("MatMul", ["x", "w"], ["xw"]), op("Add", ["xw", "b"], ["y"])],
    initializers: [rawTensor("w", [3, 2], floats(linearWeights)), rawTensor("b", [2], floats(linearBias))],
    inputs: [input("x", "FP32", ["N", 3])],
    outputs: [output("y", "FP32", ["N", 2])],
  });

/** The linear model with its weights in the file `weights.bin`. */
export const externalModel = (): { model: Bytes; weights: Bytes } => ({
  model: model({
    nodes: [op("MatMul", ["x", "w"], ["y"])],
    initializers: [externalTensor("w", [3, 2], { location: "weights.bin", offset: "0", length: "24" })],
    inputs: [input("x", "FP32", ["N", 3])],
    outputs: [output("y", "FP32", ["N", 2])],
  }),
  weights: floats(linearWeights),
});

/** Subtracts the mean over all rows of a request: rows of different requests must never run together. */
export const centringModel = (): Bytes =>
  model({
    nodes: [op("ReduceMean", ["x"], ["mean"], [join(text(1, "axes"), int(8, 0), int(20, 7)), join(text(1, "keepdims"), int(3, 1), int(20, 2))]), op("Sub", ["x", "mean"], ["y"])],
    initializers: [],
    inputs: [input("x", "FP32", ["N", 2])],
    outputs: [output("y", "FP32", ["N", 2])],
  });

/** Adds 1 to x as often as `n` says, one by one: a large n keeps the native code busy for as long as one likes. */
export const loopModel = (): Bytes => {
  const body = join(
    op("Identity", ["go"], ["goOn"]),
    op("Add", ["value", "one"], ["next"]),
    text(2, "body"),
    bytes(5, rawTensor("one", [1], floats([1]))),
    input("index", "INT64", []),
    input("go", "BOOL", []),
    input("value", "FP32", [1]),
    output("goOn", "BOOL", []),
    output("next", "FP32", [1]),
  );
  return model({
    nodes: [op("Loop", ["n", "", "x"], ["y"], [join(text(1, "body"), bytes(6, body), int(20, 5))])],
    initializers: [],
    inputs: [input("n", "INT64", [1]), input("x", "FP32", [1])],
    outputs: [output("y", "FP32", [1])],
  });
};

/** Gives every input back, one of each kind that JSON carries differently. */
export const echoModel = (): Bytes =>
  model({
    nodes: ["text", "flag", "whole", "big", "double"].map((name) => op("Identity", [name], [`${name}Out`])),
    initializers: [],
    inputs: [input("text", "BYTES", ["N"]), input("flag", "BOOL", ["N"]), input("whole", "INT32", ["N"]), input("big", "INT64", ["N"]), input("double", "FP64", ["N", 2])],
    outputs: [output("textOut", "BYTES", ["N"]), output("flagOut", "BOOL", ["N"]), output("wholeOut", "INT32", ["N"]), output("bigOut", "INT64", ["N"]), output("doubleOut", "FP64", ["N", 2])],
  });

/** A classifier in scikit-learn's layout: a label, and probabilities as a ZipMap that JSON can't carry. */
export const zipMapModel = (): Bytes => {
  const mapType = message(5, int(1, 7), bytes(2, tensorType(1, [])));
  return model({
    nodes: [
      op("LinearClassifier", ["x"], ["label", "scores"], [join(text(1, "coefficients"), ...[1, 0, -1, 0].map((value) => float(7, value)), int(20, 6)), join(text(1, "intercepts"), float(7, 0), float(7, 0), int(20, 6)), join(text(1, "classlabels_ints"), int(8, 0), int(8, 1), int(20, 7)), join(text(1, "multi_class"), int(3, 0), int(20, 2)), join(text(1, "post_transform"), text(4, "NONE"), int(20, 3))], "ai.onnx.ml"),
      op("ZipMap", ["scores"], ["probabilities"], [join(text(1, "classlabels_int64s"), int(8, 0), int(8, 1), int(20, 7))], "ai.onnx.ml"),
    ],
    initializers: [],
    inputs: [input("x", "FP32", ["N", 2])],
    outputs: [output("label", "INT64", ["N"]), port(12, "probabilities", message(4, bytes(1, mapType)))],
    opsets: [opset("", 17), opset("ai.onnx.ml", 1)],
  });
};

/** Fails at run time on values that are no index of its table of two rows. */
export const lookupModel = (): Bytes =>
  model({
    nodes: [op("Gather", ["table", "i"], ["y"])],
    initializers: [rawTensor("table", [2, 1], floats([10, 20]))],
    inputs: [input("i", "INT64", ["N"])],
    outputs: [output("y", "FP32", ["N", 1])],
  });

export const customOperatorModel = (): Bytes =>
  model({ nodes: [op("Foo", ["x"], ["y"], [], "acme")], initializers: [], inputs: [input("x", "FP32", ["N", 2])], outputs: [output("y", "FP32", ["N", 2])], opsets: [opset("", 17), opset("acme", 1)] });
