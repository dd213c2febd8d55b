export { deleteAlias, refuseProtected, setAlias } from "./service-aliases";
export { inspectVersion } from "./service-inspection";
export { createModel, deleteModel, getModel, listModels, modelTarget, renameModel, updateModel } from "./service-models";
export { getVersion, getVersionById, listModelActivity, listVersionActivity, listVersionFiles, openVersionFile, readVersion, versionTarget } from "./service-read";
export { createVersion, listModelVersions, listVersions, registerSource, updateVersion } from "./service-versions";
export { needModel, needVersion } from "./find";
export { findVersionByNumber, loadServable, setAliasRow } from "./store-servable";
export type { VersionRow } from "./store-versions";
