import { cutAtWord } from '../language/cut.ts';
import { cleanAnswer } from './clean-answer.ts';

/**
 * What one option may have: a menu of the game holds 2,047 bytes in all, and 8 such options are 807 with what stands
 * between them. A client shows about 50 characters of one.
 */
export const MAX_MENU_OPTION = { characters: 50, bytes: 100 } as const;

/** What a menu of scripts is taken apart by (: and |), what clients take for colours and tags, and what would name a placeholder. */
const UNFIT = /[:|^<>{}：｜＜＞＾]+/gu;
/** 1. and - and * before an option: a menu has no numbers of its own. */
const BULLETS = /^(?:(?:\d{1,2}[.)]|[-*•–—])\s+)+/u;
/** Every codepage has it. */
const ELLIPSIS = '...';
const HAS_WORDS = /[\p{L}\p{N}]/u;

/** A text as an option of a menu: one short line that `select` takes as it is; empty where nothing is left that could be chosen. */
export function toMenuOption(text: string): string {
  // Colour codes go as a whole before their ^ is a mark.
  const line = cleanAnswer(cleanAnswer(text.slice(0, 1_000)).replace(UNFIT, ' ')).replace(BULLETS, '');
  const short = cutToFit(line);
  return HAS_WORDS.test(short) ? short : '';
}

/** Different ones, at most so many. Two that differ in their case or stops alone are one to a player. */
export function toMenu(texts: readonly string[], most: number): string[] {
  const options = new Map<string, string>();
  for (const text of texts) {
    const option = toMenuOption(text);
    const key = option.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
    if (option !== '' && !options.has(key)) options.set(key, option);
  }
  return [...options.values()].slice(0, most);
}

function cutToFit(line: string): string {
  if (isFit(line)) return line;
  const room = cutAtWord(line, roomIn(line), '').replace(/[\s.,;!?。、！？-]+$/u, '');
  return `${room}${ELLIPSIS}`;
}

/** The most characters that fit with an ellipsis behind them. */
function roomIn(line: string): number {
  const characters = [...line].slice(0, MAX_MENU_OPTION.characters);
  while (characters.length > 0 && !isFit(`${characters.join('')}${ELLIPSIS}`)) characters.pop();
  return characters.length;
}

function isFit(line: string): boolean {
  return [...line].length <= MAX_MENU_OPTION.characters && Buffer.byteLength(line) <= MAX_MENU_OPTION.bytes;
}
