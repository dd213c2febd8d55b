/** A share as words: 0.253 → "25.3 %", 0.25 → "25 %". */
export const formatPercent = (share: number, digits = 1): string => `${Number((share * 100).toFixed(digits))}\u00a0%`;
