/** Text for a POSIX shell: as it stands where it is harmless, else in single quotes. */
const shell = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export type CommandTarget = { publicUrl: string; workspace: string; model: string; number: number };

const environment = ({ publicUrl, workspace }: CommandTarget): string[] => [
  `export MLFLOW_TRACKING_URI=${shell(publicUrl)}`,
  "export MLFLOW_TRACKING_TOKEN=$SLIPWAY_TOKEN",
  ...(workspace === "default" ? [] : [`export MLFLOW_WORKSPACE=${shell(workspace)}`]),
];

/** How to start the scoring server of one version; the token is the reader's own, in SLIPWAY_TOKEN. */
export const serveCommand = (target: CommandTarget): string =>
  [...environment(target), `mlflow models serve -m ${shell(`models:/${target.model}/${target.number}`)} --env-manager uv --host 127.0.0.1 --port 5001`].join("\n");

const python = (target: CommandTarget, packages: string, lines: readonly string[]): string => [`pip install ${packages} onnx onnxruntime`, ...environment(target), "python - <<'PYTHON'", ...lines, "PYTHON"].join("\n");

/** How to make an ONNX version of a model of one of the common flavours, or null. `features` is the width of its only table. */
export const convertCommand = (target: CommandTarget, flavors: readonly string[], features: number | null): string | null => {
  const uri = JSON.stringify(`models:/${target.model}/${target.number}`);
  const log = (model: string): string[] => [`mlflow.onnx.log_model(${model}, name="model", registered_model_name=${JSON.stringify(target.model)})`];
  const width = features ?? "WIDTH";
  if (flavors.includes("sklearn")) {
    return python(target, "skl2onnx", [
      "import mlflow",
      "from skl2onnx import to_onnx",
      "from skl2onnx.common.data_types import FloatTensorType",
      `model = mlflow.sklearn.load_model(${uri})`,
      `converted = to_onnx(model, initial_types=[("input", FloatTensorType([None, ${width}]))], options={"zipmap": False} if hasattr(model, "classes_") else None)`,
      ...log("converted"),
    ]);
  }
  if (flavors.includes("pytorch")) {
    return python(target, "onnxscript", ["import mlflow, onnx, torch", `model = mlflow.pytorch.load_model(${uri}).eval()`, `torch.onnx.export(model, torch.zeros(1, ${width}), "model.onnx", input_names=["input"], dynamic_axes={"input": {0: "n"}})`, ...log('onnx.load("model.onnx")')]);
  }
  if (flavors.includes("xgboost") || flavors.includes("lightgbm")) {
    const flavor = flavors.includes("xgboost") ? "xgboost" : "lightgbm";
    return python(target, "onnxmltools skl2onnx", ["import mlflow", `from onnxmltools import convert_${flavor}`, "from onnxmltools.convert.common.data_types import FloatTensorType", `model = mlflow.${flavor}.load_model(${uri})`, `converted = convert_${flavor}(model, initial_types=[("input", FloatTensorType([None, ${width}]))])`, ...log("converted")]);
  }
  return null;
};
