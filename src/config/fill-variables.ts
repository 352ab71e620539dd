/** A value of YAML with every `${VAR}` in it filled in, and what stood in the way. */
export interface Filled {
  readonly value: unknown;
  readonly hasVariable: boolean;
  /** Names of variables that are not set. */
  readonly unset: readonly string[];
  /** Whether a ${ } holds something else than the name of a variable. */
  readonly isMalformed: boolean;
}

type LookUp = (name: string) => string | undefined;

/** Fills in the texts of a value: the value itself, or those of a map. What was filled in is not looked at again. */
export function fillVariables(value: unknown, lookUp: LookUp): Filled {
  if (typeof value === 'string') return fillText(value, lookUp);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plain(value);
  const parts = Object.entries(value).map(([name, part]) => [name, fillVariables(part, lookUp)] as const);
  return {
    value: Object.fromEntries(parts.map(([name, part]) => [name, part.value])),
    hasVariable: false,
    unset: parts.flatMap(([, part]) => part.unset),
    isMalformed: parts.some(([, part]) => part.isMalformed),
  };
}

/** `$${VAR}` stands for the text `${VAR}`: a password may hold it. */
function fillText(text: string, lookUp: LookUp): Filled {
  const unset: string[] = [];
  let isMalformed = false;
  let hasVariable = false;
  const value = text.replace(/(\$?)\$\{([^}]*)\}/g, (whole, dollar: string, name: string) => {
    if (dollar !== '') return whole.slice(1);
    hasVariable = true;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) isMalformed = true;
    else if (lookUp(name) === undefined) unset.push(name);
    return lookUp(name) ?? '';
  });
  return { value, hasVariable, unset, isMalformed };
}

function plain(value: unknown): Filled {
  return { value, hasVariable: false, unset: [], isMalformed: false };
}
