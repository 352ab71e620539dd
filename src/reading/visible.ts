import { withVisibleOnly } from './visible-only.ts';

/** Angle brackets that were written as entities, also twice over; JSON means nothing by them. */
const BRACKET_ENTITY = /&(?:amp;){0,3}(?:(lt|#0{0,4}60|#x0{0,4}3c)|gt|#0{0,4}62|#x0{0,4}3e);/gi;
const QUOTE_ENTITY = /&(?:amp;){0,3}(?:quot|#34|#x22);/gi;

/** A text as it is seen: nothing in it hides, and marks are marks. */
export function toVisible(text: string): string {
  const visible = withVisibleOnly(text).replace(BRACKET_ENTITY, (_, less?: string) => (less ? '<' : '>'));
  // An object that was escaped as a whole; quotes within one are left as they are.
  return visible.includes('"') ? visible : visible.replace(QUOTE_ENTITY, '"');
}
