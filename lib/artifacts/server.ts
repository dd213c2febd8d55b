export { freezeFolder, freezeUploaded, type FrozenManifest } from "./freeze";
export { checkAnnouncedSize, type Download, fileResponse, openDownload, receiveBlob } from "./http";
export { manifestDigest, type ManifestFile, sortFiles } from "./manifest";
export { checkFolderPath } from "./paths";
export { openPulledBlob, type PullGrant, signPull, verifyPull } from "./pull";
export { type ByteRange, parseRange, resolveRange } from "./range";
export { deleteArtifacts, listArtifacts, getArtifact, openArtifact, type OpenedFile, openFile, putArtifact, type Upload, uploadBlob } from "./service";
export { findManifestFile, type FolderEntry, listManifestFiles } from "./store";
export { type ImageRow, listImages } from "./store-images";
