import { closingOf, isBetweenSentences, textBehind } from './mark-context.ts';
import { findMarks, MAX_MARKS, type Mark } from './marks.ts';
import { objectAt } from './objects.ts';
import { type Place, type Stretch, StretchList } from './stretch-list.ts';

export interface Stretches {
  readonly list: readonly Stretch[];
  /** A way of working was begun and not ended. */
  readonly isOpen: boolean;
}

export const SWALLOWED = 'thoughts whose beginning is missing';
const WHY = {
  thought: 'thoughts',
  tool: 'a call of a tool',
  unknown: 'within marks that nobody knows',
  other: 'a turn of somebody else',
  after: 'behind the end of the turn',
  marks: 'more marks than an answer has',
  aside: 'an aside within marks that nobody knows',
} as const;

/** Part of a mark, where a message was cut. */
const HALF_MARK = /<[|｜][^<>\n]{0,40}$|<\/?[\p{L}_]{1,20}$/u;

/** Takes a message apart by its marks. An object outside of them is one piece: marks within it are marks in its texts. */
export function splitByMarks(text: string, labels: readonly string[] = []): Stretches {
  const whole = text.replace(HALF_MARK, '');
  const marks = findMarks(whole, labels);
  if (marks.length <= MAX_MARKS) return new Walk(whole, marks).finish();
  return { list: [{ text, place: 'working', why: WHY.marks, isChannel: false }], isOpen: false };
}

/** Goes through a message from mark to mark; what is open, is open until its end. */
class Walk {
  readonly #text: string;
  readonly #marks: readonly Mark[];
  readonly #list = new StretchList();
  #open: Mark[] = [];
  #final: Mark | null = null;
  #isOver = false;
  #isOthers = false;
  #hadOthers = false;
  /** Where the closing marks stand of elements that only stress a word. */
  readonly #stresses = new Set<number>();
  #at = 0;
  #tries = 0;

  constructor(text: string, marks: readonly Mark[]) {
    this.#text = text;
    this.#marks = marks;
  }

  finish(): Stretches {
    for (const mark of this.#marks) {
      if (mark.start < this.#at) continue;
      this.#addUpTo(mark.start);
      if (mark.start < this.#at) continue;
      this.#at = mark.end;
      this.#take(mark);
    }
    this.#addUpTo(this.#text.length);
    return { list: this.#list.all, isOpen: this.#open.length > 0 };
  }

  /** An object that begins before `end` may end behind it. */
  #addUpTo(end: number): void {
    if (this.#open.length === 0 && !this.#isOver) {
      for (let brace = this.#nextBrace(this.#at, end); brace !== -1; ) {
        const object = objectAt(this.#text, brace);
        if (object) this.#add(this.#at, object.end);
        if (object && this.#at >= end) return;
        brace = this.#nextBrace(object ? this.#at : brace + 1, end);
      }
    }
    this.#add(this.#at, end);
  }

  #nextBrace(from: number, end: number): number {
    // As many as an answer may have; more are no JSON.
    if (this.#tries++ > 64) return -1;
    const brace = this.#text.indexOf('{', from);
    return brace < end ? brace : -1;
  }

  #add(start: number, end: number): void {
    this.#at = Math.max(this.#at, end);
    const text = this.#text.slice(start, end);
    if (text === '') return;
    const { place, why } = this.#where();
    const isChannel = place === 'final' && this.#final?.form === 'channel';
    this.#list.add({ text, place, why, isChannel });
  }

  #where(): { place: Place; why: string } {
    if (this.#isOver) return { place: 'aside', why: WHY.after };
    const [first] = this.#open;
    const last = this.#open.at(-1);
    if (first && last) {
      const topic = first.topic === 'tool' ? 'tool' : first.topic === 'unknown' ? 'unknown' : 'thought';
      return { place: 'working', why: WHY[topic] };
    }
    if (this.#isOthers) return { place: 'working', why: WHY.other };
    return { place: this.#final ? 'final' : 'outside', why: '' };
  }

  #take(mark: Mark): void {
    if (mark.topic === 'nothing') return;
    if (mark.topic === 'speech') this.#add(mark.start, mark.end);
    else if (mark.topic === 'end') this.#end();
    else if (mark.topic === 'self' || mark.topic === 'other') this.#beginTurn(mark);
    else if (mark.topic === 'final') this.#takeFinal(mark);
    else if (mark.topic === 'unknown') this.#takeUnknown(mark);
    else this.#takeWorking(mark);
  }

  /** A turn ends with an answer, or with a thought behind which another turn begins. */
  #end(): void {
    const hasAnswered = this.#list.hasAnswered();
    const wasFinal = this.#final !== null && this.#open.length === 0;
    const isOfThoughts = this.#open.length > 0 || this.#isOthers;
    this.#final = null;
    if (hasAnswered || wasFinal || !isOfThoughts) this.#isOver = hasAnswered || wasFinal;
    else if (this.#isOthers || this.#closeTokens()) {
      // Behind it nothing is said until somebody has the word.
      this.#isOthers = true;
    }
  }

  /** Thoughts whose channel was swallowed look like an answer, until the final channel begins. */
  #reopen(): void {
    if (!this.#isOver || this.#hadOthers || this.#list.hasFinal()) return;
    this.#swallow();
    this.#isOver = false;
  }

  #beginTurn(mark: Mark): void {
    this.#hadOthers ||= mark.topic === 'other';
    if (this.#isOver) return;
    if (this.#list.hasAnswered()) {
      this.#isOver = true;
      return;
    }
    if (!this.#closeTokens()) return;
    this.#final = null;
    this.#isOthers = mark.topic === 'other';
  }

  /** A channel ends with a turn or another channel, and so does a token of one side; what has two sides, by its own end. */
  #closeTokens(): boolean {
    this.#open = this.#open.filter(({ form, side }) => form !== 'channel' && side !== 'single');
    return this.#open.length === 0;
  }

  #takeFinal(mark: Mark): void {
    if (mark.form === 'channel' && mark.side !== 'close') this.#reopen();
    if (this.#isOver) return;
    if (mark.side === 'close') {
      if (this.#open.length === 0) this.#final = null;
    } else if (mark.form === 'channel') {
      if (!this.#closeTokens()) return;
      this.#isOthers = false;
      this.#final = mark;
    } else if (this.#open.length === 0 && !this.#isOthers) this.#final = mark;
  }

  #takeWorking(mark: Mark): void {
    if (this.#isOver) return;
    if (mark.form === 'channel') {
      this.#final = null;
      this.#push(mark);
      return;
    }
    const isNamed = this.#open.some((open) => open.name === mark.name);
    const isOpen = this.#open.some((open) => open.topic === mark.topic);
    const closes = mark.side === 'close' || (mark.side === 'single' && this.#open.at(-1)?.name === mark.name);
    // <think/> has nothing in it.
    if (!closes && mark.side === 'single' && mark.form === 'element') return;
    if (!closes) this.#push(mark);
    // What was begun within it and not ended, ends with it.
    else if (isNamed) this.#close((open) => open.name === mark.name);
    else if (isOpen) this.#close((open) => open.topic === mark.topic);
    else if (this.#open.length === 0) this.#swallow();
  }

  /** An element or bracket of its own has both sides; a token may have one only. */
  #takeUnknown(mark: Mark): void {
    if (this.#isOver) return;
    const isToken = mark.form === 'token' || mark.form === 'channel';
    if (mark.side === 'close') {
      if (this.#open.some((open) => open.name === mark.name)) this.#close((open) => open.name === mark.name);
      else if (this.#open.length === 0) this.#closeUnknown(mark);
      return;
    }
    if (mark.side === 'single' && !isToken) return;
    const isAtBeginning = !this.#list.hasAnswered() && this.#final === null;
    const closing = closingOf(mark, this.#marks);
    if (this.#open.length > 0 || isAtBeginning) {
      if (closing || isAtBeginning) this.#push(mark);
    } else if (isToken) this.#isOver = true;
    else if (closing && isBetweenSentences(mark, closing, this.#text)) this.#skipAside(mark, closing);
    else {
      if (closing) this.#stresses.add(closing.start);
      this.#add(mark.start, mark.end);
    }
  }

  /** Whether it ends what is before it or begins what is behind, nobody knows: neither is believed. */
  #closeUnknown(mark: Mark): void {
    if (this.#stresses.has(mark.start)) this.#add(mark.start, mark.end);
    else if (textBehind(mark, this.#text).trim() !== '') {
      this.#swallow();
      this.#isOthers = true;
    }
  }

  #push(mark: Mark): void {
    this.#open.push(mark);
    const { place, why } = this.#where();
    this.#list.begin(place, why);
  }

  #close(isIt: (open: Mark) => boolean): void {
    const at = this.#open.findLastIndex(isIt);
    this.#open = this.#open.slice(0, at);
  }

  /** A closing mark without its opening one: all before it was within. */
  #swallow(): void {
    this.#final = null;
    this.#list.becomeWorking(SWALLOWED);
  }

  #skipAside(mark: Mark, closing: Mark): void {
    const text = this.#text.slice(mark.end, closing.start);
    this.#list.add({ text, place: 'aside', why: WHY.aside, isChannel: false });
    this.#at = closing.end;
  }
}
