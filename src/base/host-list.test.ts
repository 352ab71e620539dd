import { describe, expect, it } from 'vitest';
import { hostListText, readHostList } from './host-list.ts';

describe('a list of hosts', () => {
  it.each([
    ['db.example', 'db.example:3306'],
    ['db.example:3307', 'db.example:3307'],
    ['db1,db2:3307,db3', 'db1:3306,db2:3307,db3:3306'],
    [' db1 , db2 ', 'db1:3306,db2:3306'],
    ['::1', '[::1]:3306'],
    ['[::1]', '[::1]:3306'],
    ['[fd00::1]:3307,10.0.0.2,::2', '[fd00::1]:3307,10.0.0.2:3306,[::2]:3306'],
    ['db1,db1:3307', 'db1:3306,db1:3307'],
  ])('%s', (text, hosts) => {
    const list = readHostList(text, 3306);
    expect('hosts' in list ? hostListText(list.hosts) : list.reason).toBe(hosts);
  });

  it.each([
    ['', ''],
    ['db 1', ''],
    ['db1:0', ''],
    ['db1,', 'a host is missing at one of its commas'],
    ['db1,,db2', 'a host is missing at one of its commas'],
    ['db1,db2:65536', '"db2:65536" is no host'],
    ['db1,http://db2', '"http://db2" is no host'],
    ['db1,[db2]:3306', '"[db2]:3306" is no host'],
    ['db1,/run/mysqld/mysqld.sock', 'a socket stands alone, without other hosts'],
    ['db1,db2,db1', 'it names "db1" twice'],
    ['db1,db1:3306', 'it names "db1:3306" twice'],
    ['[::1],::1', 'it names "::1" twice'],
  ])('%j is none', (text, reason) => {
    expect(readHostList(text, 3306)).toEqual({ reason });
  });
});
