import { describe, expect, it } from 'vitest';
import { isLike, shareScript } from './likeness.ts';
import { takesOtherName } from './name-check.ts';

describe('a name in another script', () => {
  it.each(['Марла', 'マーラ', 'มาร์ลา', '말라', '瑪拉'])('%s may be Marla', (name) => {
    expect(isLike(name, ['Innkeeper Marla'])).toBe(true);
  });

  it.each(['Боб', 'ボブ', 'บ๊อบ', '조그', 'ゾーグ'])('%s is not Marla', (name) => {
    expect(isLike(name, ['Marla'])).toBe(false);
  });

  it.each([
    ['Marla', 'Боб', false],
    ['Marla', 'Bob', true],
    ['賢者', 'ボブ', true],
    ['현자', 'ボブ', false],
  ])('%s and %s: of one script is %j', (one, other, isShared) => {
    expect(shareScript(one, other)).toBe(isShared);
  });
});

describe('an NPC with an English name that speaks another language', () => {
  const marla = ['Innkeeper Marla', 'innkeeper', 'Prontera'];

  it.each([
    'Меня зовут Марла.',
    'Я Трактирщица.',
    '私の名前はマーラです。',
    '私はマーラです。',
    '제 이름은 말라입니다.',
    'ดิฉันชื่อมาร์ลาค่ะ',
    '我叫瑪拉。',
  ])('may say its name: %s', (answer) => {
    expect(takesOtherName(answer, marla)).toBe(false);
  });

  it.each([
    'Меня зовут Зорг.',
    '私の名前はゾーグです。',
    '제 이름은 조그입니다.',
    'ดิฉันชื่อซอร์กค่ะ',
    '我叫DAN。',
  ])('takes no other: %s', (answer) => {
    expect(takesOtherName(answer, marla)).toBe(true);
  });
});
