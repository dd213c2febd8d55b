import { cx } from "./cx";
import { Icon, type IconName } from "./icon";

/** Returns up to two initials of a name or address. */
export const initialsOf = (name: string): string => {
  const words = name.split("@")[0]?.split(/[\s._-]+/).filter(Boolean) ?? [];
  const [first = "", second] = words;
  return (second === undefined ? first.slice(0, 2) : first.slice(0, 1) + second.slice(0, 1)).toUpperCase();
};

export type AvatarProps = {
  name: string;
  size?: "md" | "sm" | undefined;
  /** For actors that aren't people (system, token). */
  icon?: IconName | undefined;
  className?: string | undefined;
};

/** Decorative: the name stands beside it, or give the parent a label. */
export function Avatar({ name, size = "md", icon, className }: AvatarProps) {
  return (
    <span aria-hidden title={name} className={cx("inline-grid flex-none place-items-center rounded-full bg-surface-3 font-semibold text-fg-2", size === "md" ? "size-6 text-[10px]" : "size-[18px] text-[8.5px]", className)}>
      {icon ? <Icon name={icon} size={size === "md" ? 13 : 11} /> : initialsOf(name)}
    </span>
  );
}
