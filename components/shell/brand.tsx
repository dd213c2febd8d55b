/** The mark: a hull on its ramp. Decorative beside the name. */
export function BrandMark({ size = 22 }: { size?: number | undefined }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" width={size} height={size} className="flex-none">
      <rect width="24" height="24" rx="6" fill="var(--fg)" />
      <path d="M4.5 18.5h15L19.5 16 7 16z" fill="var(--bg)" opacity=".55" />
      <path d="M5 14.2 17.8 6.3c.9 3.4-.6 6.800-4.300 7.700z" fill="var(--bg)" />
    </svg>
  );
}

export function Brand() {
  return (
    <span className="flex items-center gap-[9px] text-[14px] font-[650] tracking-[-0.01em]">
      <BrandMark />
      Slipway
    </span>
  );
}
