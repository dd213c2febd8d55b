/** What the path of an image says. `key` names what is compared over runs; `isSmallCopy` marks the reduced copy beside each logged image. */
export type ImageName = { key: string; step: number | null; atMs: number | null; isSmallCopy: boolean };

// mlflow.log_image(key=, step=) writes images/<key>%step%<step>%timestamp%<ms>%<id>[%compressed].<png|webp>; later clients separate by +.
const logged = /^images\/(?<key>.+?)(?<sep>[%+])step\k<sep>(?<step>-?\d{1,18})\k<sep>timestamp\k<sep>(?<at>\d{1,16})\k<sep>[0-9a-z-]+(?<small>\k<sep>compressed)?\.\w+$/;

/** Reads the path of an artifact; "#" in a key stands for "/". */
export const imageNameOf = (path: string): ImageName => {
  const groups = logged.exec(path)?.groups;
  if (!groups) return { key: path, step: null, atMs: null, isSmallCopy: false };
  const atMs = Number(groups["at"]);
  return { key: (groups["key"] ?? "").replaceAll("#", "/"), step: Number(groups["step"]), atMs: atMs <= 8.64e15 ? atMs : null, isSmallCopy: groups["small"] !== undefined };
};
