import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { factsIn } from './player-facts.ts';

const told = (message: string) => factsIn(message, 'en').map(({ kind, value }) => `${kind}: ${value}`);

describe('factsIn', () => {
  it.each([
    ['My name is Zoë and I come from Geffen', ['name: Zoë', 'home: Geffen']],
    ["I'm Bob.", ['name: Bob']],
    ['my names tom', ['name: Tom']],
    ["hey, btw I'm Kayla, and you?", ['name: Kayla']],
    ['hi, Jessica here!', ['name: Jessica']],
    ['Rowena, pleased to meet you', ['name: Rowena']],
    ['Mira is my name', ['name: Mira']],
    ['Hello, I am Bob the Knight.', ['class: knight', 'name: Bob']],
    ['I am Ana from Payon', ['name: Ana']],
    ['call me xX_Zed', ['name: xX Zed']],
    ["I'm looking for a Poring card", ['seeks: a Poring card']],
    ['i wanna become a wizard', ['plans: become a wizard']],
    ['I like apples and honey, but I hate spiders', ['likes: apples and honey', 'dislikes: spiders']],
    ['I love my dog so much', ['likes: your dog']],
    ['I like your fountain', ['likes: my fountain']],
    ['my favorite food is meat', ['likes: meat']],
    ['i am a level 50 lord knight', ['level: 50', 'class: lord knight']],
    ['i just reached lvl 42', ['level: 42']],
    ['i am in the guild Night Owls', ['guild: Night Owls']],
    ['i lost my ring', ['seeks: your ring']],
    ['i live in payon', ['home: Payon']],
  ])('%j tells %j', (message, facts) => {
    expect(told(message)).toEqual(facts);
  });

  it.each([
    'im tired',
    'I AM ANGRY',
    'call me later',
    'my name is not important',
    'i need help',
    'i would like to know where Geffen is',
    'i want to ask you something',
    'i love you',
    'i like it',
    'I am not a knight',
    'I am looking',
    'I am German',
    'Potions here!',
    'Anyone here?',
    'Sir, pleased to meet you',
    'Thanks, nice to meet you',
    'What is my name?',
    'I am the master of this house',
    'I am sorry from the heart',
    '',
  ])('%j tells nothing', (message) => {
    expect(told(message)).toEqual([]);
  });

  it('knows no language without a pack', () => {
    expect(factsIn('My name is Bob', 'xx')).toEqual([]);
  });

  it('keeps values short and clean, whatever is said', () => {
    const piece = fc.oneof(
      fc.constantFrom('my name is', 'i like', 'i come from', 'i am', 'level'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        for (const { value } of factsIn(pieces.join(' '), 'en')) {
          expect(value).not.toBe('');
          expect(value.length).toBeLessThanOrEqual(40);
          expect(value).not.toMatch(/[^\p{L}\p{M}\p{N}'’ ]/u);
        }
      }),
    );
  });

  it('takes bounded time', async () => {
    const cpuMs = await cpuMsOf(() => factsIn('i am a level i like my name is '.repeat(2_000), 'en'));
    // About 20 ms here.
    expect(cpuMs).toBeLessThan(500);
  });
});
