import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitSql } from './sql-script.ts';

describe('splitSql', () => {
  it('splits at semicolons and drops them', () => {
    expect(splitSql('SELECT 1; SELECT 2;\nSELECT 3')).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3']);
  });

  it('gives nothing for a script of blanks, comments and lone semicolons', () => {
    expect(splitSql(' ;;\n-- a; b\n# c;\n/* d; */ ;\n--')).toEqual([]);
  });

  it.each([
    "SELECT 'a;b'",
    "SELECT 'it''s; one'",
    "SELECT 'back\\'slash; one'",
    "SELECT 'ends in a backslash \\\\'",
    'SELECT "a;b", "c""d;e"',
    'SELECT `a;b`, `c``d;e`',
    'SELECT 1 /* a; b */ + 1',
    "SELECT 1 -- it's; not a quote\n + 1",
    'SELECT 1 # a; b\n + 1',
    "SELECT 1 /*!80000 + ';' + 1; */",
    'SELECT 2--1',
  ])('keeps %j whole', (statement) => {
    expect(splitSql(`${statement};\nSELECT 2;`)).toEqual([statement, 'SELECT 2']);
  });

  it('drops comments before a statement, and keeps those that the server runs', () => {
    expect(splitSql('-- why\n/* how */ SELECT 1;\n/*!80000 DROP PROCEDURE p */;')).toEqual([
      'SELECT 1',
      '/*!80000 DROP PROCEDURE p */',
    ]);
  });

  it('splits at the delimiter that a DELIMITER line names', () => {
    const script =
      'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\ndelimiter ;\nSELECT 3;';
    expect(splitSql(script)).toEqual(['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END', 'SELECT 3']);
  });

  it('does not take a word that begins like DELIMITER for one', () => {
    expect(splitSql('SELECT delimiter FROM a; SELECT 2')).toEqual(['SELECT delimiter FROM a', 'SELECT 2']);
  });

  it.each(["SELECT 'a; SELECT 2", 'SELECT `a', 'SELECT 1;\n/* a'])(
    'refuses %j, which has no end',
    (script) => {
      expect(() => splitSql(script)).toThrow(expect.objectContaining({ code: 'bad_argument' }));
    },
  );

  it('reads Windows line ends', () => {
    const script = 'DELIMITER //\r\nSELECT 1;//\r\nDELIMITER ;\r\nSELECT 2;\r\n';
    expect(splitSql(script)).toEqual(['SELECT 1;', 'SELECT 2']);
  });

  it('finds the procedure and the event of the schema whole', () => {
    const file = new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url);
    const statements = splitSql(readFileSync(file, 'utf8'));
    expect(statements.filter((statement) => /^CREATE TABLE/.test(statement))).toHaveLength(8);
    expect(statements.find((statement) => statement.includes('PROCEDURE `sp_ai'))).toBeDefined();
    expect(statements.find((statement) => /^CREATE .*PROCEDURE/.test(statement))).toMatch(/END$/);
    expect(statements.find((statement) => statement.startsWith('CREATE EVENT'))).toMatch(/\(7\)$/);
  });
});
