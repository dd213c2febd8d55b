export { getPredictionOperation, listCallsOperation, type CallsQuery } from "./operations";
export {
  arms,
  batchSchemaVersion,
  type Arm,
  type BodyView,
  type CallError,
  type CallView,
  type EndpointRoute,
  type PredictionCall,
  type PredictionView,
  type RoutingSnapshot,
  type SensitiveTensor,
  type ServedVersion,
  type TensorSpec,
} from "./schema";
export { prettyText, readTensors, type StoredTensor, type TensorCell } from "./tensors";
export { armView, callStatusView, outcomeText, type ArmView, type CallStatusView } from "./view";
