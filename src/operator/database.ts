import type { Database } from '../database/database.ts';
import type { OperatorStatements } from './statements.ts';

/** A database as the queries of this folder need it. */
export interface OperatorDatabase {
  readonly database: Database;
  readonly statements: OperatorStatements;
  /** The store's own, for what it does too. */
  readonly shared: { readonly cancel: string; readonly insertLog: string };
}
