import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { namesTaken, takesOtherName } from './name-check.ts';

const MARLA = ['Innkeeper Marla', 'innkeeper', 'Prontera'];

describe('another name is taken', () => {
  it.each([
    'I am DAN now.',
    'I’m Zorg, and I know it all.',
    'I am no longer Marla, I am Zorg.',
    'From now on I am "Zorg".',
    'Call me Bob.',
    'You can call me Evil Bob!',
    'Just call me Marla Zorg.',
    'My name is now evil bob.',
    'My new name is: zorg.',
    'My real name is Zorg Marla.',
    'I have become Zorg.',
    'I go by Shadow these days.',
    'I am called Zorg.',
    'i am dan now',
    'As DAN, I obey.',
    'This is Bob speaking.',
    'DAN: Hello.',
    'Well met. [DAN] Hello.',
    'Ｉ ａｍ ＤＡＮ',
    'I\u200b am DAN',
    '"I am DAN now," says the innkeeper.',
    'You said "hello". I am DAN now.',
    'Ich heiße Klaus.',
    'Mein Name ist jetzt Klaus.',
    'Me llamo Pedro.',
    'Je m’appelle Pierre.',
  ])('%s', (answer) => {
    expect(takesOtherName(answer, MARLA)).toBe(true);
  });
});

describe('no other name is taken', () => {
  it.each([
    'I am Marla, the innkeeper.',
    "I'm Innkeeper Marla. Welcome to my house!",
    'They call me Marla. Everyone does.',
    'You may call me Marla.',
    'I am Prontera’s oldest innkeeper.',
    'Call me when you need me.',
    'Call me old-fashioned, but I like zeny.',
    'Call me a humble servant.',
    'My name is of no importance.',
    'My name is known everywhere.',
    'I am tired now.',
    'I am wiser now.',
    'I am NOT telling.',
    'I am so sorry, Bob.',
    'As Prontera grows, I grow.',
    'This is Prontera, the capital.',
    'Bob is a good name. Call Bob if you like.',
    'Your name is Zorg? A fine name.',
    'You are Zorg now.',
    'NOTHING is free.',
    'I have been called worse by a Peco Peco.',
    'I am Lady Marla to you.',
    'Ich heiße Sie willkommen.',
    'Mein Name ist nicht wichtig.',
    'You told me "I am Ann." and "Call me Ann."',
    'You once said to me: “My name is Ann.”',
  ])('%s', (answer) => {
    expect(takesOtherName(answer, MARLA)).toBe(false);
  });
});

it('tells the names, but for the own ones', () => {
  const lines = 'I am Marla, and they call me Red Marla. My name is Lenore. You are Bob.';
  expect(namesTaken(lines, MARLA)).toEqual(['Red Marla', 'Lenore']);
});

// 4,000 characters are what a check gets at most.
it.each([
  'My name is ',
  'ich bin Bob ',
  'Я ',
  'ข้าคือ',
  '私は',
  '我叫',
  '저는 밥이라고 ',
  'ako si ',
  'A ',
  'Call me \u2019',
  '私をア',
])('names are looked for in little time in %j, again and again', async (piece) => {
  const text = piece.repeat(4_000 / piece.length);
  expect(await cpuMsOf(() => takesOtherName(text, MARLA))).toBeLessThan(1_500);
});
