import { AiIpcError } from '../base/errors.ts';
import type { Row } from './database.ts';

/** Reads fields of rows with their types checked: where the database meets the code, nothing is taken on trust. */

export function numberOf(row: Row, field: string): number {
  const value = row[field];
  if (typeof value === 'number') return value;
  throw unexpected(field, value, 'a number');
}

export function textOf(row: Row, field: string): string {
  const value = row[field];
  if (typeof value === 'string') return value;
  throw unexpected(field, value, 'text');
}

export function nullableNumberOf(row: Row, field: string): number | null {
  return row[field] === null ? null : numberOf(row, field);
}

export function nullableTextOf(row: Row, field: string): string | null {
  return row[field] === null ? null : textOf(row, field);
}

/** A truth value: both databases give 0 or 1. */
export function isTrue(row: Row, field: string): boolean {
  return numberOf(row, field) !== 0;
}

function unexpected(field: string, value: unknown, wanted: string): AiIpcError {
  return new AiIpcError(
    'database_failed',
    `The database gave ${typeof value} where ${field} should be ${wanted}. Check the schema with \`ai-ipc migrate\`.`,
  );
}
