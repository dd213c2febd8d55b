import { type ReactNode } from "react";
import { cx } from "./cx";
import { Icon, type IconName } from "./icon";
import { toneClass, type StatusView, type Tone } from "./tone";

export type ChipProps = {
  tone: Tone;
  icon: IconName;
  children: ReactNode;
  /** Without fill: terminal good states and table cells. */
  bare?: boolean | undefined;
  /** Only for a live state. */
  pulse?: boolean | undefined;
  /** On phones the mark alone, beside a name that needs the room; the word stays for readers. */
  tight?: boolean | undefined;
  className?: string | undefined;
};

/** Tone fill + icon + word, always all three. */
export function Chip({ tone, icon, children, bare = false, pulse = false, tight = false, className }: ChipProps) {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center gap-1 rounded-chip align-middle text-sm/5 font-medium whitespace-nowrap text-tone",
        toneClass[tone],
        !bare && "bg-tone-bg pr-[7px] pl-[5px]",
        className,
      )}
    >
      <Icon name={icon} size={13} className={cx(pulse && "live-pulse")} />
      {tight ? <span className="max-sm:sr-only">{children}</span> : children}
    </span>
  );
}

/** A status of a slice's `view` module as a chip; `detail` follows the word ("Held, no data"). */
export function Status({ status, detail, bare, tight, className }: { status: StatusView; detail?: string | undefined; bare?: boolean | undefined; tight?: boolean | undefined; className?: string | undefined }) {
  return (
    <Chip tone={status.tone} icon={status.icon} pulse={status.pulse} bare={bare ?? status.bare} tight={tight} className={className}>
      {detail === undefined ? status.word : `${status.word}, ${detail}`}
    </Chip>
  );
}
