import type { Query } from './check-schema.ts';

/** What a table has that an ALTER may add or drop; names in lower case, as servers compare them. */
interface TableParts {
  readonly columns: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

const ALTER = /^ALTER TABLE `(\w+)`\s+/;
const CONDITION = /^(ADD|DROP) (COLUMN|(?:UNIQUE )?INDEX) IF (?:NOT )?EXISTS `(\w+)`/;

/**
 * An ALTER of sql-files/upgrades as MySQL takes it, which knows no IF [NOT] EXISTS for columns and indexes: what is there
 * already is not added, and what is not there not dropped. null where nothing is left to do.
 */
export async function alterForMysql(query: Query, statement: string): Promise<string | null> {
  const [head, table] = ALTER.exec(statement) ?? [];
  if (head === undefined || table === undefined || !/ IF (?:NOT )?EXISTS `/.test(statement)) return statement;
  const parts = await readParts(query, table);
  const clauses = splitClauses(statement.slice(head.length)).flatMap((clause) => plainClause(clause, parts));
  return clauses.length === 0 ? null : `${head}${clauses.join(', ')}`;
}

function plainClause(clause: string, { columns, indexes }: TableParts): string[] {
  const [, verb, kind = '', name = ''] = CONDITION.exec(clause) ?? [];
  if (verb === undefined) return [clause];
  const isThere = (kind === 'COLUMN' ? columns : indexes).has(name.toLowerCase());
  if (isThere !== (verb === 'DROP')) return [];
  return [clause.replace(/ IF (?:NOT )?EXISTS /, ' ')];
}

/** At the commas that stand in no brackets. (No text in sql-files/upgrades has brackets or commas in an ALTER.) */
function splitClauses(clauses: string): string[] {
  const found = [''];
  let depth = 0;
  for (const character of clauses) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) found.push('');
    else found[found.length - 1] += character;
  }
  return found.map((clause) => clause.trim());
}

async function readParts(query: Query, table: string): Promise<TableParts> {
  const ofTable = `TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'`;
  const columns = await query(`SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE ${ofTable}`);
  const indexes = await query(
    `SELECT INDEX_NAME AS name FROM information_schema.STATISTICS WHERE ${ofTable}`,
  );
  const names = (rows: typeof columns) => new Set(rows.map((row) => String(row['name']).toLowerCase()));
  return { columns: names(columns), indexes: names(indexes) };
}
