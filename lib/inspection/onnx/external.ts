import { pathFault, quote, resolveBeside } from "../paths";
import { type ExternalData, type Finding } from "../schema";
import { type ExternalEntry } from "./scan";

/** ONNX Runtime takes a location with this mark for an address in its own memory. */
const memoryMark = "_ORT_MEM_ADDR_";

/**
 * Judges where a model says that its weights are: inside the bundle, beside the model file, within the file's size.
 * Anything else is refused, because a runtime would read a file of the machine it runs on (CVE-2022-25882, CVE-2024-27318).
 */
export const judgeExternal = (modelPath: string, entries: readonly ExternalEntry[], sizes: ReadonlyMap<string, number>, maxFindings: number): { data: ExternalData[]; findings: Finding[] } => {
  const data: ExternalData[] = [];
  const findings: Finding[] = [];
  const refuse = (code: string, message: string): void => {
    if (findings.length < maxFindings) findings.push({ code, severity: "refuse", path: modelPath, message });
  };
  for (const entry of entries) {
    const tensor = `the weights of ${quote(entry.tensor)}`;
    if (entry.locations.length !== 1) refuse("onnx.external_location", `The file keeps ${tensor} outside but names ${entry.locations.length} places instead of one. Save the model again with its external data.`);
    for (const location of entry.locations) {
      const fault = location.includes(memoryMark) ? "points into the memory of the runtime" : pathFault(location);
      if (fault) {
        refuse("onnx.external_escape", `The file asks for ${tensor} from ${quote(location)}, which ${fault}. Save the model with its external data beside it and upload both.`);
        continue;
      }
      const path = resolveBeside(modelPath, location);
      const size = sizes.get(path);
      if (size === undefined) {
        refuse("onnx.external_missing", `The file asks for ${tensor} from ${quote(path)}, which is not among the uploaded files. Upload it together with the model.`);
        continue;
      }
      const offset = entry.offset ?? 0;
      const length = entry.length ?? entry.neededBytes ?? size - offset;
      if (Number.isNaN(offset) || Number.isNaN(length) || offset + length > size) refuse("onnx.external_range", `The file asks for ${tensor} from bytes ${offset} to ${offset + length} of ${quote(path)}, which has ${size}. Save the model again with its external data.`);
      else if (entry.neededBytes !== undefined && length !== entry.neededBytes) refuse("onnx.tensor_size", `Type and shape of ${quote(entry.tensor)} need ${entry.neededBytes} bytes, but the file points to ${length} bytes of ${quote(path)}. Save the model again.`);
      else data.push({ path, offset, length });
    }
  }
  return { data, findings };
};
