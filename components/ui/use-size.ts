"use client";

import { useCallback, useState } from "react";

/** Width of an element in CSS px, kept current; `initialPx` until it is measured. Returns a ref callback and the width. */
export const useWidth = (initialPx: number): [(element: Element | null) => (() => void) | undefined, number] => {
  const [widthPx, setWidthPx] = useState(initialPx);
  const ref = useCallback((element: Element | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidthPx(Math.max(1, Math.round(entry.contentRect.width))));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, widthPx];
};
