import { cx } from "./cx";

/** One key or a sequence: `keys="g r"` draws two keys. */
export function Kbd({ keys, className }: { keys: string; className?: string | undefined }) {
  return (
    <span className={cx("inline-flex gap-1", className)}>
      {keys.split(" ").map((key, index) => (
        <kbd key={index} className="min-w-4 rounded border border-line bg-surface-2 px-1 text-center font-sans text-xs/4 font-medium text-fg-3">{key}</kbd>
      ))}
    </span>
  );
}
