type Column = { name: string; type: string; required?: boolean };

/** Files of a scikit-learn model as MLflow 3.17 logs them, the pickle itself being no model: nobody here loads it. */
export const mlflowBundle = ({ inputs = [{ name: "age", type: "double" }, { name: "city", type: "long" }], seed = 1 }: { inputs?: Column[]; seed?: number } = {}): Record<string, Uint8Array> => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const signature = JSON.stringify(inputs.map((column) => ({ required: true, ...column })));
  return {
    MLmodel: text(`flavors:
  python_function:
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.7
  sklearn:
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.9.${seed}
mlflow_version: 3.17.2
model_size_bytes: 820
saved_input_example_info: {artifact_path: input_example.json, serving_input_path: serving_input_example.json, type: dataframe}
signature:
  inputs: '${signature}'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
`),
    "model.pkl": new Uint8Array([0x80, 4, 0x95, 16, 0, 0, 0, 0, 0, 0, 0, seed]),
    "requirements.txt": text(`mlflow==3.17.2\nscikit-learn==1.9.${seed}\n`),
    "serving_input_example.json": text(JSON.stringify({ dataframe_split: { columns: inputs.map(({ name }) => name), data: [inputs.map(() => 1)] } })),
  };
};
