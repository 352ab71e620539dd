/** Statements that an admin is told to run: nobody here runs them. */
export const remedies = {
  engine: (table: string) => `ALTER TABLE ${table} ENGINE=InnoDB;`,
  rowFormat: 'ALTER TABLE ai_requests ROW_FORMAT=REDUNDANT;',
  analyze: 'ANALYZE TABLE ai_requests;',
  /** The same words for SQLite. */
  availableNow: "UPDATE ai_requests SET available_at = created_at WHERE status = 'pending';",
  grant: (right: string, database: string, account: string) =>
    `GRANT ${right.replace(' on ', ` ON \`${database}\`.`)} TO ${account};`,
  nameTransactions:
    'sudo mariadb -e "SELECT trx_mysql_thread_id, trx_started FROM information_schema.INNODB_TRX ORDER BY trx_started"',
} as const;
