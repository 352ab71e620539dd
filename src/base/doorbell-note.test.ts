import { expect, it } from 'vitest';
import { HEARD, IS_IT_HEARD, idOfRing, idOfRingBack, ringBackOf, ringFor } from './doorbell-note.ts';

it.each([1, 4_711, Number.MAX_SAFE_INTEGER])('a ring for %d and its ring back name the request', (id) => {
  expect([idOfRing(ringFor(id)), idOfRingBack(ringBackOf(id))]).toEqual([id, id]);
  expect(ringBackOf(id).length).toBeLessThan(ringFor(id).length);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.alloc(1)],
  ['no number', Buffer.from('AI IPC: ring back when  has ended')],
  ['a number that is none', Buffer.from('AI IPC: ring back when 1e3 has ended')],
  ['a number too long', Buffer.from(`AI IPC: ${'9'.repeat(17)} has ended`)],
  ['more than the note', Buffer.from('AI IPC: 7 has ended, and more')],
  ['a large one', Buffer.alloc(60_000, 'AI IPC: 7 has ended')],
  ['a question', IS_IT_HEARD],
  ['its answer', HEARD],
])('%s names none', (_, note) => {
  expect([idOfRing(note), idOfRingBack(note)]).toEqual([undefined, undefined]);
});

it('a ring back is no ring for a request, so two who ring each other do so once', () => {
  expect([idOfRing(ringBackOf(7)), idOfRingBack(ringFor(7))]).toEqual([undefined, undefined]);
});
