"use client";

import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { nearestIndex, type Scale, type Span, zoomTo } from "./curve-scale";
import { type CurveLine } from "./curve-types";

type Frame = { left: number; right: number; top: number; bottom: number };
type Options = { lines: readonly CurveLine[]; across: Scale; frame: Frame; onZoom: ((span: Span | undefined) => void) | undefined };

/** Where the reader points: by pointer, by touch, or by arrow keys; and what is dragged over. */
export const useCurveCursor = ({ lines, across, frame, onZoom }: Options) => {
  const ref = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<number | undefined>(undefined);
  const [pointerPx, setPointerPx] = useState<number | undefined>(undefined);
  const [drag, setDrag] = useState<[number, number] | undefined>(undefined);
  const places = useMemo(() => {
    const { from, to } = across.span;
    return [...new Set(lines.flatMap(({ readings }) => readings.x))].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
  }, [lines, across.span]);
  const pxOf = (event: PointerEvent): number => Math.min(frame.right, Math.max(frame.left, event.clientX - (ref.current?.getBoundingClientRect().left ?? 0)));
  const pointAt = (px: number) => setAt(places[nearestIndex(places, across.toValue(px))]);

  const move = (event: PointerEvent) => {
    const px = pxOf(event);
    setPointerPx(event.clientY - (ref.current?.getBoundingClientRect().top ?? 0));
    if (drag) setDrag([drag[0], px]);
    else pointAt(px);
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (!onZoom) { pointAt(pxOf(event)); return; }
    ref.current?.setPointerCapture(event.pointerId);
    const px = pxOf(event);
    setDrag([px, px]);
  };
  const release = (): void => {
    if (!drag) return;
    setDrag(undefined);
    if (Math.abs(drag[1] - drag[0]) < 5) { pointAt(drag[1]); return; }
    const span = zoomTo(across.toValue(drag[0]), across.toValue(drag[1]), across.span);
    if (span) onZoom?.(span);
  };
  const leave = () => {
    if (drag) return;
    setAt(undefined);
    setPointerPx(undefined);
  };

  const walk = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = at === undefined ? -1 : nearestIndex(places, at);
    const stride = event.shiftKey ? Math.max(1, Math.round(places.length / 10)) : 1;
    const goTo = (next: number) => {
      event.preventDefault();
      setPointerPx(undefined);
      setAt(places[Math.min(places.length - 1, Math.max(0, next))]);
    };
    if (event.key === "ArrowRight") goTo(index + stride);
    else if (event.key === "ArrowLeft") goTo(index === -1 ? places.length - 1 : index - stride);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(places.length - 1);
    else if ((event.key === "+" || event.key === "=") && onZoom) {
      event.preventDefault();
      const { from, to } = across.span;
      const middle = at ?? (from + to) / 2;
      const span = zoomTo(middle - (to - from) / 4, middle + (to - from) / 4, across.span);
      if (span) onZoom(span);
    } else if ((event.key === "-" || event.key === "0") && onZoom) {
      event.preventDefault();
      onZoom(undefined);
    } else if (event.key === "Escape") {
      setAt(undefined);
      onZoom?.(undefined);
    }
  };

  return { ref, at, pointerPx, drag, handlers: { onPointerMove: move, onPointerDown: press, onPointerUp: release, onPointerCancel: () => setDrag(undefined), onPointerLeave: leave, onDoubleClick: () => onZoom?.(undefined), onKeyDown: walk, onBlur: leave } };
};
