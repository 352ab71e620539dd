import type { Script } from '../script/script.ts';
import type { Known } from './marks.ts';
import type { Signature } from './signatures.ts';
import { keyOfAll, lasting, union, type Variables } from './state.ts';

/** What comes back from a function or a subroutine. */
export interface Returned {
  readonly known: Known;
  readonly variables: Variables;
  readonly isOpen: boolean;
  /** What it has put into its arguments, by their places: `input getarg(0);` */
  readonly outputs: ReadonlyMap<number, Known>;
}

/** Functions within functions are entered so deep; a person's own are three or four deep. */
const MOST_DEPTH = 12;
/** Functions are entered once for each kind of arguments; what is beyond so many is not followed. */
const MOST_ENTRIES = 20_000;

/** What scripts share: the functions of authors, and the variables that outlive a script. */
export class World {
  readonly signatures: ReadonlyMap<string, Signature>;
  readonly #functions: ReadonlyMap<string, Script>;
  #elsewhere: Variables = new Map();
  #returned = new Map<string, Returned | undefined>();
  #entered: string[] = [];

  /** `functions` are those of authors: what the library's own give back is known. */
  constructor(functions: readonly Script[], signatures: ReadonlyMap<string, Signature>) {
    this.signatures = signatures;
    this.#functions = new Map(functions.map((one) => [one.name.toLowerCase(), one]));
  }

  functionOf(name: string): Script | undefined {
    return this.#functions.get(name.toLowerCase());
  }

  /** What some script has left in variables that others can read. */
  get elsewhere(): Variables {
    return this.#elsewhere;
  }

  /** Keeps what a script leaves; those of its NPC (.x$) can be read by getvariableofnpc. */
  leave(variables: Variables): void {
    this.#elsewhere = union(this.#elsewhere, lasting(variables));
  }

  /** Tells whether anything new was left since `before`, and forgets what was found out with less. */
  isNewSince(before: string): boolean {
    this.#returned = new Map();
    return this.key !== before;
  }

  get key(): string {
    return keyOfAll(this.#elsewhere);
  }

  /** Enters what this key names, unless it is known what comes back; `otherwise` within itself. */
  enter(
    { place, key }: { readonly place: string; readonly key: string },
    enter: () => Returned | undefined,
    otherwise: Returned,
  ): Returned | undefined {
    const whole = `${place}\n${key}`;
    if (this.#returned.has(whole)) return this.#returned.get(whole);
    if (this.#entered.includes(place) || this.#entered.length >= MOST_DEPTH) return otherwise;
    if (this.#returned.size >= MOST_ENTRIES) return otherwise;
    this.#entered.push(place);
    const returned = enter();
    this.#entered.pop();
    this.#returned.set(whole, returned);
    return returned;
  }
}
