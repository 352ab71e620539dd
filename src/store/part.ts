import { AiIpcError, messageOf } from '../base/errors.ts';

/** One part of what is looked at: what was seen, or why it was not. */
export type Part<T> = { readonly seen: T } | Unseen;

interface Unseen {
  readonly unseen: string;
  /** Whether this user may not see it, which says nothing of how it is. */
  readonly isDenied: boolean;
}

/** A look that fails keeps nobody from the next one. */
export async function partOf<T>(look: () => Promise<T>): Promise<Part<T>> {
  try {
    return { seen: await look() };
  } catch (error) {
    return { unseen: messageOf(error), isDenied: isDenied(error) };
  }
}

/** What is read from a part, where that was seen. */
export function ofPart<T, U>(part: Part<T>, read: (seen: T) => U): Part<U> {
  return 'seen' in part ? { seen: read(part.seen) } : part;
}

/** 1044, 1142, 1143, 1227 and 1370: this user lacks a right. */
function isDenied(error: unknown): boolean {
  return error instanceof AiIpcError && error.code === 'database_denied';
}
