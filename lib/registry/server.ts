export { deleteAlias, refuseProtected, setAlias } from "./service-aliases";
export { changeTag, type ClientModel, type ClientVersion, deleteVersion, findClientVersionByAlias, getClientModel, getClientVersion, moveStage, parseStage, searchModels, searchVersions } from "./service-clients";
export { inspectVersion } from "./service-inspection";
export { createModel, deleteModel, getModel, listModels, modelTarget, renameModel, updateModel } from "./service-models";
export { getVersion, getVersionById, listFilesById, listModelActivity, listVersionActivity, listVersionFiles, openVersionFile, readVersion, versionTarget } from "./service-read";
export { createVersion, listModelVersions, listVersions, registerSource, updateVersion } from "./service-versions";
export { needModel, needVersion } from "./find";
export { findVersionByNumber, loadServable, setAliasRow } from "./store-servable";
export type { VersionRow } from "./store-versions";
