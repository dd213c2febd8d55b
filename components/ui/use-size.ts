"use client";

import { useCallback, useState } from "react";

/** Width of an element in CSS px, kept current; `initialPx` until it is measured. Returns a ref callback and the width. */
export const useWidth = (initialPx: number): [(element: Element | null) => (() => void) | undefined, number] => {
  const [widthPx, setWidthPx] = useState(initialPx);
  const ref = useCallback((element: Element | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      // A box that isn't laid out yet reports 0; drawing waits for its real width.
      if (entry && entry.contentRect.width >= 1) setWidthPx(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, widthPx];
};
