/** Steps of the scale, the dot over the limit, grey for too few rows, hatch for no data. */
export function HeatMapLegend() {
  const key = "inline-flex items-center gap-[5px]";
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-3.5 gap-y-1 text-sm text-fg-2">
      <span className={key}>
        0
        <span aria-hidden className="inline-flex gap-[3px]">
          {[0, 1, 2, 3, 4, 5].map((step) => (
            <i key={step} className="grid h-3 w-3.5 place-items-center rounded-[2px]" style={{ background: `var(--seq-${step})` }}>
              {step >= 4 && <i className="size-[3.5px] rounded-full bg-surface" />}
            </i>
          ))}
        </span>
        1.5× limit and more
      </span>
      <span className={key}><i aria-hidden className="size-1 rounded-full bg-fg-2" />over the limit</span>
      <span className={key}><i aria-hidden className="h-3 w-3.5 rounded-[2px] bg-insufficient" />too few rows</span>
      <span className={key}><i aria-hidden className="hatch h-3 w-3.5 rounded-[2px]" />no data</span>
    </div>
  );
}
