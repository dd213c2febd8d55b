import { CopyButton } from "./copy-button";
import { cx } from "./cx";

/** Shortens a digest or id by its middle: `sha256:9c41…e07b`. Prefixes up to a colon or underscore stay. */
export const shortDigest = (value: string, keep = 4): string => {
  const cut = Math.max(value.indexOf(":"), value.indexOf("_")) + 1;
  const body = value.slice(cut);
  return body.length <= keep * 2 + 1 ? value : `${value.slice(0, cut)}${body.slice(0, keep)}…${body.slice(-keep)}`;
};

export type DigestProps = {
  value: string;
  /** What it is, for the copy button: "digest", "request id". */
  label?: string | undefined;
  copy?: boolean | undefined;
  keep?: number | undefined;
  className?: string | undefined;
};

export function Digest({ value, label = "digest", copy = true, keep = 4, className }: DigestProps) {
  return (
    <span className={cx("inline-flex items-center gap-1 whitespace-nowrap", className)}>
      <code title={value} className="text-sm">{shortDigest(value, keep)}</code>
      {copy && <CopyButton value={value} label={`Copy ${label}`} />}
    </span>
  );
}
