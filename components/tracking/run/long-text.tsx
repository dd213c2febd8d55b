"use client";

import { useState } from "react";

const [maxLetters, maxLines] = [280, 6];

/** A text as it was logged, line by line; a long one opens on request, so that it doesn't push its neighbours away. */
export function LongText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > maxLetters || text.split("\n").length > maxLines;
  return (
    <>
      <span className={isLong && !isOpen ? "line-clamp-4 whitespace-pre-wrap" : "whitespace-pre-wrap"}>{text}</span>
      {isLong && <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="block text-sm font-medium text-accent hover:underline">{isOpen ? "Show less" : `Show all ${text.length} characters`}</button>}
    </>
  );
}
