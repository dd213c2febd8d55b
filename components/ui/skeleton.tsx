import { cx } from "./cx";

/** Grey bar of the size that the content will have. */
export function Skeleton({ className }: { className?: string | undefined }) {
  return <span aria-hidden className={cx("block h-3 rounded bg-surface-3 live-pulse", className)} />;
}

/** Lines of text to come. */
export function SkeletonText({ lines = 3 }: { lines?: number | undefined }) {
  return (
    <span className="grid gap-2" aria-hidden>
      {Array.from({ length: lines }, (_, index) => <Skeleton key={index} className={index === lines - 1 ? "w-2/3" : "w-full"} />)}
    </span>
  );
}
