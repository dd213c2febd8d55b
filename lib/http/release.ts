import packageDocument from "@/package.json";

/** The release that runs. */
export const release = { name: packageDocument.name, version: packageDocument.version };
