/**
 * Where a stretch of a message stands: within a way of working, within marks of the final word, or outside of all marks.
 * `aside` is what an unknown element holds between two sentences.
 */
export type Place = 'working' | 'final' | 'outside' | 'aside';

export interface Stretch {
  readonly text: string;
  readonly place: Place;
  /** Of what is left out. */
  readonly why: string;
  readonly isChannel: boolean;
}

/** The stretches of a message, as far as it has been gone through. */
export class StretchList {
  #all: Stretch[] = [];

  get all(): readonly Stretch[] {
    return this.#all;
  }

  add(stretch: Stretch): void {
    const last = this.#all.at(-1);
    const isSame = last?.place === stretch.place && last.why === stretch.why;
    if (isSame) this.#all.splice(-1, 1, { ...last, text: last.text + stretch.text });
    else this.#all.push(stretch);
  }

  /** It stands by itself, even with nothing in it. */
  begin(place: Place, why: string): void {
    this.#all.push({ text: '', place, why, isChannel: false });
  }

  /** All of it was a way of working. */
  becomeWorking(why: string): void {
    const text = this.#all.map((stretch) => stretch.text).join('');
    this.#all = [{ text, place: 'working', why, isChannel: false }];
  }

  hasFinal(): boolean {
    return this.#all.some(({ place }) => place === 'final');
  }

  /** Whether something was said behind the last way of working. */
  hasAnswered(): boolean {
    const lastWorking = this.#all.findLastIndex(({ place }) => place === 'working');
    const behind = this.#all.slice(lastWorking + 1);
    return behind.some(({ place, text }) => place !== 'aside' && text.trim() !== '');
  }
}
