import { cx } from "@/components/ui/cx";
import { type Arm, armView } from "@/lib/inference";

const marks = { stable: "bg-stable", canary: "bg-canary", shadow: "border-2 border-mirror" };

/** The arm of a call: the mark of its role and its word. */
export function ArmMark({ arm }: { arm: Arm }) {
  const { word, role } = armView(arm);
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span aria-hidden className={cx("size-2 flex-none rounded-[2px]", marks[role])} />
      {word}
    </span>
  );
}
