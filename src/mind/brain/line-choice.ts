import { fillLine, placeholdersOf } from '../persona/placeholders.ts';

export interface LineOptions {
  /** Of the lines. */
  readonly language: string;
  readonly values: ReadonlyMap<string, string>;
  /** What the NPC answered in the last turns, the oldest first: what was said lately is not said again. */
  readonly answered: readonly string[];
  /** Lines that take one of these up go before the others, the first name before the rest. */
  readonly preferred: readonly string[];
  /** Whether such a line is rather said once more than another one. */
  readonly insists: boolean;
  /** Chooses among lines that are equally good. */
  readonly seed: number;
  readonly maxCharacters: number;
}

interface Candidate {
  readonly text: string;
  readonly names: readonly string[];
  /** 0 = not said lately; higher = said later. */
  readonly saidAt: number;
}

/** The line to say, its placeholders filled in; undefined when none can be said in full. */
export function chooseLine(lines: readonly string[], options: LineOptions): string | undefined {
  const { language, values, answered, preferred, insists, seed, maxCharacters } = options;
  const candidates = lines.flatMap((line): Candidate[] => {
    const text = fillLine(line, values, language);
    if (text === undefined) return [];
    return [{ text, names: placeholdersOf(line), saidAt: saidAt(capitalize(text), answered) }];
  });
  const fitting = candidates.filter(({ text }) => [...text].length <= maxCharacters);
  const usable = fitting.length > 0 ? fitting : candidates;
  const oldest = Math.min(...usable.map((candidate) => candidate.saidAt));
  const fresh = usable.filter((candidate) => candidate.saidAt === oldest);
  const wanted = [preferred.slice(0, 1), preferred];
  const [best = fresh] = wanted
    .flatMap((names) => (insists ? [fresh, usable] : [fresh]).map((some) => takingUp(names, some)))
    .filter((some) => some.length > 0);
  return best[seed % best.length]?.text;
}

function takingUp(names: readonly string[], some: readonly Candidate[]): readonly Candidate[] {
  return some.filter((candidate) => candidate.names.some((name) => names.includes(name)));
}

/** A line may begin with what the player wrote. */
export function capitalize(text: string): string {
  return text.replace(/^(?<quote>["'“‘«„¿¡(]*)(?<letter>\p{Ll})/u, (_, quote: string, letter: string) => {
    return `${quote}${letter.toUpperCase()}`;
  });
}

/** An opener may have stood before it, or it is one. */
function saidAt(text: string, answered: readonly string[]): number {
  return answered.findLastIndex((answer) => answer.endsWith(text) || answer.startsWith(text)) + 1;
}
