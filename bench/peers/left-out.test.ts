import { describe, expect, it } from 'vitest';
import { leftOutNotice } from './left-out.ts';
import type { DebianNeed } from './peer.ts';

const need = (what: string, isThere: boolean): DebianNeed => ({
  what,
  packages: [what],
  isThere: () => isThere,
});

describe('leftOutNotice', () => {
  it('says nothing of a peer that has all it needs', () => {
    expect(leftOutNotice({ name: 'a peer', needs: [need('one', true), need('two', true)] })).toBeUndefined();
    expect(leftOutNotice({ name: 'a peer', needs: [] })).toBeUndefined();
  });

  it('names all that is missing, and the command that installs it', () => {
    const needs = [need('one', false), need('two', true), need('three', false)];
    expect(leftOutNotice({ name: 'a peer', needs })).toBe(
      'left out: a peer, since one and three is not installed. As root: npm run bench -- peers --install',
    );
  });
});
