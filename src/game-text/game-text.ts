import { type CodepageName, openCodepage } from './codepage.ts';
import { foldText } from './fold-text.ts';

/** Makes of any text what the game clients can show. */
export type GameText = (text: string) => string;

/** Clients that speak UTF-8 can show everything. */
export const ANY_TEXT: GameText = (text) => text;

export async function createGameText(codepage: CodepageName | 'utf8' | 'utf8mb4'): Promise<GameText> {
  if (codepage === 'utf8' || codepage === 'utf8mb4') return ANY_TEXT;
  const has = await openCodepage(codepage);
  return (text) => foldText(text, has);
}
