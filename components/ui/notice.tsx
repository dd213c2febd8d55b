import { type ReactNode } from "react";
import { cx } from "./cx";
import { Icon, type IconName } from "./icon";
import { toneClass, type Tone } from "./tone";

const defaultIcon: Record<Tone, IconName> = { ok: "okc", warn: "alert", crit: "octa", info: "info", wait: "clock", idle: "info" };

export type NoticeProps = {
  tone: Tone;
  title?: ReactNode;
  children?: ReactNode;
  icon?: IconName | undefined;
  /** Buttons or links at the right. */
  actions?: ReactNode;
  /** Announce at once (errors that appear after an action). */
  live?: boolean | undefined;
  className?: string | undefined;
};

/** A sentence that needs a reader: a blocker, stale data, a break in the log. */
export function Notice({ tone, title, children, icon, actions, live = false, className }: NoticeProps) {
  return (
    <div role={live ? "alert" : undefined} className={cx("flex items-start gap-[9px] rounded-lg bg-tone-bg px-2.5 py-2 text-sm leading-[17px] text-tone", toneClass[tone], className)}>
      <Icon name={icon ?? defaultIcon[tone]} className="mt-px" />
      <div className="min-w-0 flex-1">
        {title !== undefined && <b className="font-semibold">{title} </b>}
        {children}
      </div>
      {actions}
    </div>
  );
}
