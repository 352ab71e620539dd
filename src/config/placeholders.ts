/** A value of YAML with every `${VAR}` in it filled in, and what stood in the way. */
export interface Filled {
  readonly value: unknown;
  readonly hasPlaceholder: boolean;
  /** Names of variables that are not set. */
  readonly unset: readonly string[];
  /** Whether a ${ } holds something else than the name of a variable. */
  readonly isMalformed: boolean;
}

type LookUp = (name: string) => string | undefined;

/** Fills in the texts of a value: the value itself, or those of a map. What was filled in is not looked at again. */
export function fillPlaceholders(value: unknown, lookUp: LookUp): Filled {
  if (typeof value === 'string') return fillText(value, lookUp);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plain(value);
  const parts = Object.entries(value).map(([name, part]) => [name, fillPlaceholders(part, lookUp)] as const);
  return {
    value: Object.fromEntries(parts.map(([name, part]) => [name, part.value])),
    hasPlaceholder: false,
    unset: parts.flatMap(([, part]) => part.unset),
    isMalformed: parts.some(([, part]) => part.isMalformed),
  };
}

/** `$${VAR}` stands for the text `${VAR}`: a password may hold it. */
function fillText(text: string, lookUp: LookUp): Filled {
  const unset: string[] = [];
  let isMalformed = false;
  let hasPlaceholder = false;
  const value = text.replace(/(\$?)\$\{([^}]*)\}/g, (whole, dollar: string, name: string) => {
    if (dollar !== '') return whole.slice(1);
    hasPlaceholder = true;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) isMalformed = true;
    else if (lookUp(name) === undefined) unset.push(name);
    return lookUp(name) ?? '';
  });
  return { value, hasPlaceholder, unset, isMalformed };
}

function plain(value: unknown): Filled {
  return { value, hasPlaceholder: false, unset: [], isMalformed: false };
}
