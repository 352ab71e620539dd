import type { LeftOut, LineNames } from './message.ts';
import { findLabels, type Label } from './speaker-labels.ts';

export interface OwnLines {
  readonly words: string;
  readonly leftOut: readonly LeftOut[];
}

/**
 * What the NPC itself says where a model wrote a play: without the labels of its lines, and without everything from the
 * player's first line on. A line of the player at the very beginning repeats what was said: the answer is behind it.
 */
export function takeOwnLines(text: string, names: LineNames): OwnLines {
  const labels = withoutSpeech(findLabels(text, names), text);
  const leftOut: LeftOut[] = [];
  let words = '';
  let at = 0;
  for (const label of labels) {
    words += text.slice(at, Math.max(at, label.start));
    at = Math.max(at, label.end);
    if (!label.isPlayers) {
      leftOut.push({
        text: text.slice(label.start, label.end).trim(),
        why: "the NPC's name before its line",
      });
      if (words.trim() !== '') words = `${words.trimEnd()}\n`;
      continue;
    }
    const isEnd = words.trim() !== '';
    const end = isEnd ? text.length : endOfLine(text, label.end);
    leftOut.push({ text: text.slice(label.start, end).trim(), why: "the player's line" });
    at = end;
    if (isEnd) break;
  }
  return { words: (words + text.slice(at)).trim(), leftOut };
}

/** "You: a hero?" and "Human: a curious word": no play, where nobody else has a line and it goes on in small letters. */
function withoutSpeech(labels: readonly Label[], text: string): readonly Label[] {
  const [first] = labels;
  const isSpeech =
    labels.length === 1 &&
    first?.isAnybody === true &&
    text.slice(0, first.start).trim() === '' &&
    /^\p{Ll}/u.test(text.slice(first.end)) &&
    endOfLine(text, first.end) === text.length;
  return isSpeech ? [] : labels;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
