import { type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { Icon, type IconName } from "@/components/ui/icon";
import { Time } from "@/components/ui/time";
import { toneClass, type Tone } from "@/components/ui/tone";

export type TimelineEvent = {
  key: string;
  at: string | Date;
  text: ReactNode;
  detail?: ReactNode;
  tone?: Tone | undefined;
  icon?: IconName | undefined;
};

/** Events, newest first, time at the left (rails). */
export function EventList({ events, className }: { events: readonly TimelineEvent[]; className?: string | undefined }) {
  return (
    <ol className={cx("py-1 pb-2.5 text-sm", className)}>
      {events.map((event) => (
        <li key={event.key} className="flex gap-2.5 px-3.5 py-[5px]">
          <Time value={event.at} format="clock" className="flex-none text-fg-3" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {event.icon && event.tone && <Icon name={event.icon} size={13} className={cx("mr-1 inline align-[-2px] text-tone-line", toneClass[event.tone])} />}
            {event.text}
            {event.detail !== undefined && <span className="block text-fg-3">{event.detail}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Events on a rail with marks: the story of an incident, a request or a version. */
export function Timeline({ events, className }: { events: readonly TimelineEvent[]; className?: string | undefined }) {
  return (
    <ol className={cx("px-3.5 pt-2.5 pb-1", className)}>
      {events.map((event) => (
        <li key={event.key} className="relative flex gap-2.5 pb-3 before:absolute before:top-5 before:bottom-0 before:left-[9px] before:w-px before:bg-line-2 last:before:hidden">
          <span className={cx("mt-px grid size-5 flex-none place-items-center rounded-full bg-tone-bg text-tone", toneClass[event.tone ?? "idle"])}>
            <Icon name={event.icon ?? "clock"} size={12} />
          </span>
          <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <div className="flex flex-wrap justify-between gap-x-3">
              <span>{event.text}</span>
              <Time value={event.at} format="clock" className="text-sm text-fg-3" />
            </div>
            {event.detail !== undefined && <div className="text-sm text-fg-2">{event.detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
